"""Who says to have enrolled. Individual presses are seen by nobody but the one who pressed."""

from dataclasses import dataclass
from datetime import datetime

FEWEST_SHOWN = 5
"""Smaller groups are not broken down: a figure would name people."""


@dataclass(frozen=True)
class Enrolled:
    """One person pressed "I have enrolled", under an announcement of a group."""

    id: str
    team: str
    user: str
    group: str
    announcement: str
    at: datetime


def enrolled_id(team: str, user: str) -> str:
    """One for each person: pressing twice counts once."""
    return f"{team}/{user}"
