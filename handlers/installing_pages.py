"""The web pages of an installation, in the language of the browser."""

from html import escape

from handlers.catalogue import Say
from knowledge.article import Language

TO_FILL_IN = (
    "question_channels",
    "tier1_channel",
    "tier2_channel",
    "tier3_channel",
    "admin_channel",
)
"""What a workspace cannot do without (settings.py reads it)."""
_KNOWN_REASONS = {
    "access_denied": "install-failed-cancelled",
    "invalid_browser": "install-failed-state",
    "invalid_state": "install-failed-state",
    "whole_organisation": "install-failed-organisation",
}
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:38rem;margin:3rem auto;padding:0 1rem;"
    "color:#1d1c1d;background:#fff}pre{background:#f4f4f4;padding:1rem;overflow-x:auto}"
    "a.button{display:inline-block;background:#4a154b;color:#fff;padding:.75rem 1.25rem;"
    "border-radius:.25rem;text-decoration:none;font-weight:700}"
)


def language_of(accepted: str) -> Language:
    """The first of our languages that a browser accepts (RFC 9110, Accept-Language)."""
    for _, tag in sorted(map(_weighed, accepted.split(",")), key=lambda one: -one[0]):
        language = Language.from_tag(tag)
        if language is not None:
            return language
    return Language.EN


def _weighed(said: str) -> tuple[float, str]:
    tag, _, quality = said.strip().partition(";q=")
    try:
        return (float(quality) if quality else 1.0), tag.strip()
    except ValueError:
        return 0.0, tag.strip()


def install_page(say: Say, language: Language, url: str) -> str:
    """Where an installation begins."""
    link = f'<p><a class="button" href="{escape(url)}">{escape(say("install-button"))}</a></p>'
    return _page(say("install-title"), language, _paragraph(say("install-intro")), link)


def installed_page(
    say: Say, language: Language, team: str, team_name: str, *, is_configured: bool
) -> str:
    """Where it ends: the workspace answers, or its channels are still to be named."""
    title = say("installed-title", team=team_name)
    if is_configured:
        return _page(title, language, _paragraph(say("installed-ready")))
    return _page(
        title,
        language,
        _paragraph(say("installed-quiet")),
        _paragraph(say("installed-file")),
        f"<pre>{escape(_entry(team))}</pre>",
        _paragraph(say("installed-channels")),
        _paragraph(say("installed-then")),
    )


def _entry(team: str) -> str:
    """The workspace's entry in the file of the workspaces, to be filled in."""
    lines = [
        f"  {name}: [C…, C…]" if name.endswith("s") else f"  {name}: C…" for name in TO_FILL_IN
    ]
    return "\n".join([f"{team}:", *lines])


def failed_page(say: Say, language: Language, reason: str) -> str:
    """Where it ends without an installation. An unknown reason is shown as Slack names it."""
    key = _KNOWN_REASONS.get(reason)
    why = say(key) if key else say("install-failed-other", reason=reason)
    again = f'<p><a class="button" href="/slack/install">{escape(say("install-again"))}</a></p>'
    return _page(say("install-failed-title"), language, _paragraph(why), again)


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _page(title: str, language: Language, *parts: str) -> str:
    head = (
        f'<meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
    )
    body = "".join((f"<h1>{escape(title)}</h1>", *parts))
    return f'<!doctype html><html lang="{language}"><head>{head}</head><body>{body}</body></html>'
