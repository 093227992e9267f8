"""The pages of a simulated site that a person meets: consent, a notice, a thing on sale; each site in its colours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from string import Template

from instica.kit.simulation.http import Response

FRAME = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title · $site sandbox</title><link rel="icon" href="data:,"><style>
:root { color-scheme: light dark; $light }
@media (prefers-color-scheme: dark) { :root { $dark } }
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
header { padding: 1rem 1.5rem; font-weight: 700; border-bottom: 1px solid var(--line) }
header small { font-weight: 400; color: var(--soft); margin-left: .5rem }
main { max-width: 34rem; margin: 3rem auto; padding: 2rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 12px }
h1 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 1rem }
p, ul { margin: 0 0 1rem } li { margin: .25rem 0 } .soft { color: var(--soft) }
form { display: flex; gap: .75rem; margin-top: 1.5rem }
button { font: inherit; font-weight: 600; padding: .6rem 1.4rem; border-radius: $corner; cursor: pointer;
  border: 1px solid var(--line); background: none; color: inherit }
button.go { background: var(--go); color: var(--on); border-color: var(--go) }
button:focus-visible { outline: 3px solid var(--go); outline-offset: 2px }
code { font-size: 1.6rem; letter-spacing: .1em } img { width: 100%; height: auto; border-radius: 8px }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem } dt { color: var(--soft) } dd { margin: 0 }
</style></head><body><header>$site<small>sandbox: nothing here is real</small></header>
<main>$body</main></body></html>""")
NAMES = ("ink", "soft", "paper", "card", "line", "go", "on")


@dataclass(frozen=True, slots=True)
class Asking:
    """What a consent page says. ``kept`` are the fields that come back with the decision, ``wishes`` what is asked."""

    title: str
    heading: str
    person: str
    account: str
    wishes: Iterable[str]
    action: str
    kept: Mapping[str, str]
    allow: str
    deny: str
    leads: str = "If you agree, it will be able to:"
    taken_back: str = "You can take this back at any time in your account settings."


@dataclass(frozen=True, slots=True)
class Look:
    """A site's name and colours, light and dark: ink, soft ink, paper, card, line, button, on the button."""

    site: str
    light: str
    dark: str
    corner: str = "8px"

    def page(self, status: int, title: str, body: str) -> Response:
        """A page with this markup."""
        colours = {"light": _inks(self.light), "dark": _inks(self.dark)}
        text = FRAME.substitute(title=escape(title), site=escape(self.site), body=body, corner=self.corner, **colours)
        headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")]
        return Response(status, text.encode(), headers)

    def notice(self, status: int, title: str, text: str) -> Response:
        """A page that says one thing."""
        return self.page(status, title, f"<h1>{escape(title)}</h1><p>{escape(text)}</p>")

    def consent(self, asking: Asking) -> Response:
        """May this app act for me? Comes back as a form: ``decision`` (``allow`` or ``deny``) and what was kept."""
        hidden = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in asking.kept.items()
        )
        account = f' <span class="soft">({escape(asking.account)})</span>' if asking.account else ""
        body = f"""<h1>{escape(asking.heading)}</h1>
<p>You are signed in as <strong>{escape(asking.person)}</strong>{account}.</p>
<p>{escape(asking.leads)}</p><ul>{"".join(f"<li>{escape(wish)}</li>" for wish in asking.wishes)}</ul>
<p class="soft">{escape(asking.taken_back)}</p>
<form method="post" action="{escape(asking.action)}">{hidden}
<button class="go" name="decision" value="allow">{escape(asking.allow)}</button>
<button name="decision" value="deny">{escape(asking.deny)}</button></form>"""
        return self.page(200, asking.title, body)

    def item(
        self, title: str, facts: Mapping[str, str], action: str, *, picture: str = "", buy: str = "", sorry: str = ""
    ) -> Response:
        """A thing on sale with a button ``buy``; without one, ``sorry`` says why not."""
        rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts.items())
        shown = f'<p><img src="{escape(picture)}" alt=""></p>' if picture else ""
        button = f'<form method="post" action="{escape(action)}"><button class="go">{escape(buy)}</button></form>'
        end = button if buy else f'<p class="soft">{escape(sorry)}</p>'
        return self.page(200, title, f"<h1>{escape(title)}</h1>{shown}<dl>{rows}</dl>{end}")


def _inks(colours: str) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in zip(NAMES, colours.split(), strict=True))
