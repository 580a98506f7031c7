"""Words from a private channel leave it only when their author agrees."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from knowledge.article import Language

ASKED_FOR = timedelta(days=3)
"""How long somebody may take to answer; then nothing of their words is kept."""


@dataclass(frozen=True)
class Consent:
    """What an agent wants to open a ticket with, and waits for the author to agree. ``asked_by`` is
    the agent; the words are the author's, masked."""

    id: str
    team: str
    author: str
    asked_by: str
    words: str
    language: Language
    asked_at: datetime
    platform: str = ""
    tried: str = ""


def consent_id(team: str, channel: str, ts: str) -> str:
    """One question about one message, however many agents want it."""
    return f"{team}/{channel}/{ts}"
