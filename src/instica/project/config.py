"""Every setting of an installation, read from ``INSTICA_*``, typed and documented."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from dotenv import load_dotenv
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

FILE = "settings.env"
NAME = r"^[A-Za-z0-9._-]{1,60}$"
ADDRESS = r"^[!-~]{0,200}$"


def from_folder() -> None:
    """Take the settings kept in the data folder, for names the environment does not give."""
    load_dotenv(Path(os.environ.get("INSTICA_DATA_DIR") or "var") / FILE, override=False)


class Config(BaseSettings):
    """The settings; ``instica config`` prints them and ``docs/reference/settings.md`` is made from them."""

    model_config = SettingsConfigDict(env_prefix="INSTICA_", env_ignore_empty=True, extra="ignore")

    url: str = Field("http://localhost:8000", description="Where people reach this hub; decides cookies and links.")
    data_dir: Path = Field(Path("var"), description="Folder for the database, keys, photos and spooled files.")
    database_url: SecretStr = Field(
        SecretStr(""), description="`postgresql://user:password@host/name`. Empty: SQLite in the data folder."
    )
    secret_key: SecretStr = Field(SecretStr(""), description="Signs sessions. Empty: a file in the data folder.")
    encryption_keys: SecretStr = Field(
        SecretStr(""), description="Keys for shop secrets, newest first, comma-separated. Empty: a file of mode 0600."
    )
    engine: Literal["threads", "celery"] = Field("threads", description="Who runs the tasks.")
    embedded_worker: bool = Field(True, description="Whether `instica serve` also runs tasks (threads engine).")
    workers: int = Field(4, ge=1, le=64, description="Worker threads of a process.")
    redis_url: SecretStr = Field(SecretStr("redis://localhost:6379/0"), description="Broker of the Celery engine.")
    signup: Literal["first", "open", "closed"] = Field(
        "first", description="Who may sign up without an invitation: the first person, anybody, nobody."
    )
    allowed_hosts: str = Field("", description="Further host names, comma-separated; the host of the URL is allowed.")
    trusted_proxies: int = Field(0, ge=0, description="How many reverse proxies stand in front (X-Forwarded-For).")
    throttle_per_minute: int = Field(1200, ge=1, description="API requests a minute for a token.")
    imports_per_minute: int = Field(
        60, ge=1, description="API requests a minute that start, plan, retry or undo an import, for an organization."
    )
    return_origins: str = Field("", description="Schemes or origins native apps may return to, comma-separated.")
    webhook_hosts: str = Field(
        "",
        description="Hosts of your own network that webhooks may be sent to, also by http, comma-separated, as they"
        " stand in the URL: `host` or `host:port`. Everything else must be public and https.",
    )
    email_url: SecretStr = Field(
        SecretStr(""), description="`smtp://user:password@host:587`. Empty: mails are written to the log."
    )
    email_from: str = Field("Instica <hello@localhost>", description="Sender of mails.")
    metrics_token: SecretStr = Field(
        SecretStr(""), description="Bearer token that may read `/metrics`. Empty: nobody may."
    )
    log_format: Literal["console", "json"] = Field("console", description="How log lines look.")
    log_level: str = Field("INFO", description="Least severe level that is logged.")
    app_name: str = Field("Instica", pattern=NAME, description="Name in the User-Agent marketplaces see.")
    contact: str = Field(
        "", pattern=ADDRESS, description="URL in the User-Agent marketplaces see; the hub's URL when empty."
    )

    @field_validator("url")
    @classmethod
    def without_slash(cls, value: str) -> str:
        """An origin: scheme and host, no path."""
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ValueError("write it as https://hub.example.com")
        return value.rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether people come over https: secure cookies and HSTS only then."""
        return self.url.startswith("https://")
