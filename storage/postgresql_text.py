"""JSON for PostgreSQL, which refuses two things that Slack's JSON may hold: the character U+0000
and half of a surrogate pair (postgresql.org/docs/15/datatype-json.html). Both are written as a
mark, a character that stands for nothing in Unicode, and what they were."""

import json
import re
from typing import Any

from storage import frames

MARK = "\uffff"

_REFUSED = re.compile("[\0\uffff\ud800-\udfff]")
_MARKED = re.compile(MARK + "([0-9a-f]{4})")


def plain(text: str) -> str:
    """The text as PostgreSQL takes it."""
    return _REFUSED.sub(lambda match: f"{MARK}{ord(match.group()):04x}", text)


def original(text: str) -> str:
    """The text that :func:`plain` was given."""
    return _MARKED.sub(lambda match: chr(int(match.group(1), 16)), text)


def dump(value: object) -> str:
    """JSON of a value."""
    text = frames.dump(value).decode()
    if "\\u0000" in text or "\\ud" in text or MARK in text:
        return json.dumps(_each_text(value, plain), ensure_ascii=False)
    return text


def load(text: str) -> Any:
    """The value that :func:`dump` was given."""
    value = frames.load(text.encode())
    return _each_text(value, original) if MARK in text else value


def _each_text(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {change(str(key)): _each_text(each, change) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(each, change) for each in value]
    return value
