"""Django settings; every value an operator may change comes from ``config.py``."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from instica.project import logs, mail
from instica.project.config import Config, from_folder

from_folder()
CONFIG = Config()
DATA = CONFIG.data_dir.resolve()
ROOT = Path(__file__).resolve().parent.parent


def kept_secret(name: str) -> str:
    """The content of a file of mode 0600 in the data folder, written with a random key at the first start."""
    path = DATA / name
    DATA.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def database(url: str) -> dict[str, Any]:
    """The database of an installation: PostgreSQL by URL, else SQLite with WAL and immediate transactions."""
    if not url:
        return {
            "ENGINE": "instica.project.sqlite",
            "NAME": DATA / "instica.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;"
                " PRAGMA cache_size=-16000; PRAGMA mmap_size=67108864;"
                # 32 MB: pages that batch after batch changes are copied out of the log once, not every few batches.
                " PRAGMA wal_autocheckpoint=8000;",
            },
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "instica"},
    }


SECRET_KEY = CONFIG.secret_key.get_secret_value() or kept_secret("secret.key")
DEBUG = False
ALLOWED_HOSTS = [
    urlsplit(CONFIG.url).hostname,
    "localhost",
    "127.0.0.1",
    *filter(None, CONFIG.allowed_hosts.split(",")),
]
ROOT_URLCONF = "instica.project.urls"
WSGI_APPLICATION = "instica.project.wsgi.application"
DATABASES = {"default": database(CONFIG.database_url.get_secret_value())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
KNOX_TOKEN_MODEL = "people.ApiToken"
# Its only table is the token we replace; made anyway, it would hold references to our users.
MIGRATION_MODULES = {"knox": None}
APPEND_SLASH = False
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
LANGUAGE_CODE = "en"
SITE_URL = CONFIG.url
REQUEST_THREADS = 16
WEBHOOK_HOSTS = frozenset(host.strip().lower() for host in CONFIG.webhook_hosts.split(",") if host.strip())
WORK_ENGINE = CONFIG.engine
WORK_REDIS_URL = CONFIG.redis_url.get_secret_value()

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "knox",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_cotton",
    "django_structlog",
    "instica.work",
    "instica.people",
    "instica.notices",
    "instica.connections",
    "instica.catalog",
    "instica.inventory",
    "instica.listings",
    "instica.orders",
    "instica.imports",
    "instica.sync",
    "instica.api",
    "instica.web",
]

MIDDLEWARE = [
    "instica.api.middleware.RequestIds",
    "django_structlog.middlewares.RequestMiddleware",
    "instica.api.middleware.ApiProblems",
    "instica.web.security.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "instica.web.context.frame",
            ],
        },
    }
]

STATIC_URL = "/static/"
STATICFILES_DIRS: list[Path] = []
STATIC_ROOT = DATA / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA / "media"
WHITENOISE_USE_FINDERS = True

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.secure
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if CONFIG.secure else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.trusted_proxies else None
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [CONFIG.url]

# --- People ------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_RESET_TIMEOUT = 4 * 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_NAME = "__Host-session" if CONFIG.secure else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if CONFIG.secure else "csrf"
ALLAUTH_TRUSTED_PROXY_COUNT = CONFIG.trusted_proxies
ACCOUNT_ADAPTER = "instica.people.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "add_email": "instica.people.signing_in.AddressForm",
    "login": "instica.people.signing_in.SignInForm",
    "reset_password": "instica.people.signing_in.ResetForm",
    "signup": "instica.people.signup.SignUpForm",
}
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if CONFIG.secure else "http"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
MFA_ADAPTER = "instica.web.second_factor.Adapter"
MFA_FORMS = {
    "add_webauthn": "instica.people.passkeys.AddForm",
    "authenticate_webauthn": "instica.people.passkeys.AuthenticateForm",
    "login_webauthn": "instica.people.passkeys.LoginForm",
    "reauthenticate_webauthn": "instica.people.passkeys.ReauthenticateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Instica"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not CONFIG.secure

# --- Mail --------------------------------------------------------------------
DEFAULT_FROM_EMAIL = SERVER_EMAIL = CONFIG.email_from
vars().update(mail.delivery(CONFIG.email_url.get_secret_value()))

# --- The API -----------------------------------------------------------------
THROTTLE_PER_MINUTE = CONFIG.throttle_per_minute
IMPORTS_PER_MINUTE = CONFIG.imports_per_minute
TRUSTED_PROXIES = CONFIG.trusted_proxies
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["instica.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["instica.api.permissions.Allowed"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "instica.api.problems.handle",
    "DEFAULT_VERSIONING_CLASS": None,
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    "SCHEMA_COERCE_PATH_PK": False,
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.1",
    "TITLE": "Instica API",
    "VERSION": "1",
    "DESCRIPTION": "Everything a seller has, on every marketplace. Problems are RFC 9457 documents.",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PREPROCESSING_HOOKS": ["instica.api.schema.only_api"],
    "POSTPROCESSING_HOOKS": ["instica.api.schema.tidy"],
    "AUTHENTICATION_WHITELIST": ["instica.api.authentication.TokenAuthentication"],
    "SORT_OPERATIONS": True,
    "COMPONENT_SPLIT_PATCH": False,
    "DISABLE_ERRORS_AND_WARNINGS": False,
}

# --- Logs --------------------------------------------------------------------
logs.configure()
LOGGING = logs.lines(CONFIG.log_format, CONFIG.log_level)
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True
