"""Who has enrolled: by their own word, or by the list of devices. Individual presses are seen by
nobody but the one who pressed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

FEWEST_SHOWN = 5
"""Smaller groups are not broken down: a figure would name people."""


class Source(StrEnum):
    """How it is known. The list beats the press."""

    PRESS = "press"
    LIST = "list"


@dataclass(frozen=True)
class Enrolled:
    """One person who has enrolled, or says so.

    ``announcement`` is what was pressed under; empty for who is known by the list alone. ``after``
    counts the lists that were imported before the press: a press that a later list does not bear
    out no longer counts.
    """

    id: str
    team: str
    user: str
    group: str
    announcement: str
    at: datetime
    source: Source = Source.PRESS
    platform: str = ""
    after: int = 0


@dataclass(frozen=True)
class ImportedList:
    """The lists of devices imported so far: how many, and what the last one was. Its id is the
    team."""

    id: str
    team: str
    number: int
    at: datetime
    people: int = 0
    unknown: int = 0


@dataclass(frozen=True)
class AskedForHelp:
    """One person of a group who asked for help beneath an announcement. ``enrolled`` says that
    they have enrolled besides."""

    id: str
    team: str
    user: str
    group: str
    announcement: str
    at: datetime
    enrolled: bool = False


@dataclass(frozen=True)
class UploadedList:
    """A list of devices that an admin uploaded in Slack: the file's id, and whether it was taken
    over."""

    id: str
    team: str
    user: str
    file: str
    at: datetime
    done: bool = False


@dataclass(frozen=True)
class GroupSize:
    """How many people a group had when Slack was asked last; the plan's own number goes first."""

    id: str
    team: str
    people: int
    at: datetime


def enrolled_id(team: str, user: str) -> str:
    """One for each person: pressing twice counts once."""
    return f"{team}/{user}"


def asked_id(team: str, group: str, user: str) -> str:
    """One for each person of a group: asking twice counts once."""
    return f"{team}/{group}/{user}"


def size_id(team: str, group: str) -> str:
    return f"{team}/{group}"


def standing(enrolled: Enrolled) -> str:
    """What somebody counts as: ``list``, or ``press/3`` for a press after the third list."""
    if enrolled.source is Source.LIST:
        return Source.LIST.value
    return f"{Source.PRESS}/{enrolled.after}"
