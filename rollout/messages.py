"""The words of an announcement, and what is filled into them.

A text keeps its fields (``{{start_date}}``) until it is shown, so that a date that moves is right
everywhere. A filled-in moment is a mark that whoever shows the text turns into a date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TypeAlias

import yaml

from knowledge.article import Language
from rollout.errors import TemplateInvalid

TEMPLATES = Path(__file__).parent / "templates"
QUOTE = "quote"
"""The field that somebody's words from the survey are filled into."""
_SIGNS = re.compile(r"[!-/:-@\[-`{-~]")
_EVERYONE = re.compile(r"@(channel|here|everyone)\b")
_FIELD = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_BEGIN, _END = "\ue000", "\ue001"
_MARK = re.compile(f"{_BEGIN}(\\d+){_END}")

Value: TypeAlias = str | datetime
"""What a field is filled with. An empty text is not known: its line is left out."""


@dataclass(frozen=True)
class Message:
    """One announcement in one language, in Markdown: a title, what it says, the one thing to do,
    and where help is."""

    title: str
    body: str
    action: str
    help: str

    @property
    def parts(self) -> tuple[str, str, str, str]:
        return self.title, self.body, self.action, self.help

    def each(self, change: Callable[[str], str]) -> Message:
        """The message with every part changed."""
        return Message(*(change(part) for part in self.parts))

    @property
    def length(self) -> int:
        """Characters in all."""
        return sum(len(part) for part in self.parts)


def template_names() -> tuple[str, ...]:
    """The messages there are templates for."""
    return tuple(sorted(path.stem for path in (TEMPLATES / Language.EN).glob("*.md")))


@cache
def template(name: str, language: Language) -> Message:
    """The template of that name. Raises ``TemplateInvalid`` when it lacks a part."""
    path = TEMPLATES / language / f"{name}.md"
    try:
        return read_message(path.read_text("utf-8"), f"{language}/{name}.md")
    except OSError as error:
        raise TemplateInvalid(f"There is no message template {language}/{name}.md.") from error


def read_message(text: str, file: str) -> Message:
    """The message of a template: ``title``, ``action`` and ``help`` between two lines ``---``, then
    the body. Raises ``TemplateInvalid``."""
    _, head, body = (*text.split("---\n", 2), "", "")[:3]
    try:
        fields = yaml.safe_load(head)
    except yaml.YAMLError as error:
        raise TemplateInvalid(f"{file}: the lines between --- are not YAML.") from error
    parts = ("title", "action", "help")
    missing = [part for part in parts if not isinstance(fields, dict) or not fields.get(part)]
    if missing or not body.strip():
        raise TemplateInvalid(f"{file}: missing {', '.join(missing) or 'the text below ---'}.")
    return Message(fields["title"], body.strip(), fields["action"], fields["help"])


def fields_of(message: Message) -> frozenset[str]:
    """The names of the fields in a message."""
    return frozenset(name for part in message.parts for name in _FIELD.findall(part))


def filled(message: Message, values: Mapping[str, Value]) -> Message:
    """The message with its fields filled in. A line with a field that is not known is left out, so
    that nobody reads a gap; a field that does not exist stays, and the check reports it."""

    def fill(part: str) -> str:
        lines = [_FIELD.sub(of_field, line) for line in part.split("\n") if not lacks(line)]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def lacks(line: str) -> bool:
        return any(values.get(name) == "" for name in _FIELD.findall(line))

    def of_field(found: re.Match[str]) -> str:
        value = values.get(found[1], found[0])
        return marked(value) if isinstance(value, datetime) else value

    return message.each(fill)


def with_quote(message: Message) -> Message:
    """The message with a place for somebody's words, if it has none."""
    if QUOTE in fields_of(message):
        return message
    return replace(message, body=f"{message.body}\n\n{{{{{QUOTE}}}}}")


def without_quote(message: Message) -> Message:
    """The message without that place."""
    return filled(message, {QUOTE: ""})


def in_markdown(words: str) -> str:
    """Somebody's words in one line, in which no sign means anything (spec.commonmark.org, backslash
    escapes), and no address and no mention of everyone is live."""
    line = _EVERYONE.sub(r"\1", " ".join(words.split()))
    return _SIGNS.sub(r"\\\g<0>", line)


def marked(at: datetime) -> str:
    """The mark of a moment."""
    return f"{_BEGIN}{int(at.timestamp())}{_END}"


def with_dates(text: str, shown: Callable[[datetime], str]) -> str:
    """The text with its marks replaced by what ``shown`` makes of each moment."""
    return _MARK.sub(lambda found: shown(datetime.fromtimestamp(int(found[1]), UTC)), text)


def split_at_dates(text: str) -> list[str | datetime]:
    """The text in pieces: words, and the moments between them."""
    pieces: list[str | datetime] = []
    for number, piece in enumerate(_MARK.split(text)):
        if number % 2:
            pieces.append(datetime.fromtimestamp(int(piece), UTC))
        elif piece:
            pieces.append(piece)
    return pieces
