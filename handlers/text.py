"""Text from people: made readable for the matcher, and harmless where it is shown again.

Slack sends text escaped and with live control sequences in it; sent on unchanged, ``<!channel>``
would fire again with the bot's authority (docs.slack.dev/messaging/formatting-message-text).
"""

import re
import unicodedata

MOST_CHARACTERS = 3_000
"""Longer questions are cut: what a person asks stands at the start, and a rich text element or a
section holds 3,000 (docs.slack.dev/reference/block-kit/blocks/section-block)."""

_CONTROL = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_EMOJI = re.compile(r":[a-z0-9_+\-']+:", re.IGNORECASE)
_SPACES = re.compile(r"[ \t]+")
_LINE_ENDS = re.compile("[\u2028\u2029]")
_KEPT_CONTROLS = {"\n", "\t"}
_JOINERS = {"\u200d", "\u200c"}


def plain(text: str) -> str:
    """Slack's text as plain words: mentions inert, links as their address, entities resolved,
    control and direction characters gone. Safe to show in a rich text element."""
    spoken = _CONTROL.sub(_spoken, text)
    return _without_controls(unicodedata.normalize("NFC", unescaped(spoken))).strip()


def visible(text: str) -> str:
    """What was entered in a form, without control and direction characters."""
    return _without_controls(unicodedata.normalize("NFC", text)).strip()


def question_text(text: str, bot_user: str) -> str:
    """What a person asked: :func:`plain`, without the mention of the bot, cut to
    ``MOST_CHARACTERS``."""
    addressed = re.sub(rf"<@{re.escape(bot_user)}(\|[^>]*)?>", " ", text[: MOST_CHARACTERS * 14])
    return shortened(_SPACES.sub(" ", plain(addressed)).strip(), MOST_CHARACTERS)


def has_words(text: str) -> bool:
    """Whether there is a letter or digit beside emoji and punctuation."""
    return any(character.isalnum() for character in _EMOJI.sub("", text))


def escaped(text: str) -> str:
    """``text`` for a mrkdwn or ``text`` field: exactly the three characters Slack asks for."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    """What :func:`escaped` was made of."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def shortened(text: str, most: int) -> str:
    """``text`` in at most ``most`` characters, cut at a word if one is near, with an ellipsis."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    word_end = cut.rfind(" ", most * 3 // 4)
    return (cut[:word_end] if word_end > 0 else cut).rstrip() + "…"


def _spoken(found: re.Match[str]) -> str:
    sigil, target, label = found.groups()
    if sigil == "@":
        return f"@{label or target}"
    if sigil == "#":
        return f"#{label or target}"
    if sigil == "!":
        return _special(target, label)
    return target


def _special(target: str, label: str | None) -> str:
    name, _, rest = target.partition("^")
    if name == "date":
        return label or rest
    if name == "subteam":
        return label if label and label.startswith("@") else f"@{label or rest}"
    return f"@{name}"


def _without_controls(text: str) -> str:
    return "".join(
        character
        for character in _LINE_ENDS.sub("\n", text)
        if character in _KEPT_CONTROLS
        or character in _JOINERS
        or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co")
    )
