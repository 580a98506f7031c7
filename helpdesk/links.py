"""Links between a message and its copy on the other side of a ticket."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Direction(StrEnum):
    """Which way a message went."""

    TO_HELPDESK = "to helpdesk"
    TO_ASKER = "to asker"


@dataclass(frozen=True)
class Link:
    """One relayed message. ``channel`` and ``ts`` are the original's place (``ts`` is empty for
    what was typed into a form), ``copy`` is the outbox key of the copy, ``note`` that of the note
    beside it. ``text_hash`` tells whether an edit changed the words; the words are not kept."""

    id: str
    team: str
    ticket: str
    direction: Direction
    author: str
    visibility: str
    at: datetime
    copy: str
    note: str = ""
    channel: str = ""
    ts: str = ""
    text_hash: str = ""


def link_id(ticket: str, serial: int) -> str:
    """The id of a ticket's link; sorts by order."""
    return f"{ticket}/{serial:06d}"


def text_hash(text: str) -> str:
    """Tells two texts apart without keeping either."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
