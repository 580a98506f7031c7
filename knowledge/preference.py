"""What a person chose for good."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.article import Language


@dataclass(frozen=True)
class Preference:
    """One person's choices. ``language`` is ``None`` for "the language I write in"."""

    id: str
    team: str
    user: str
    language: Language | None = None


def preference_id(team: str, user: str) -> str:
    """The id of a person's one preference record."""
    return f"{team}/{user}"
