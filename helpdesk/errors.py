"""Errors of the helpdesk.

HelpdeskError
├── RolesUnknown       Slack does not tell who is in a role channel, so nobody may act
├── HelpdeskRefused    a command that the ticket's state or the person forbids; has a sentence
└── HelpdeskInvalid    the settings file of the helpdesk has faults; lists them all
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum


class HelpdeskError(Exception):
    """Base of every error of this package."""


class RolesUnknown(HelpdeskError):
    """Who is in a role channel cannot be told now."""


class HelpdeskRefused(HelpdeskError):
    """A command refused. ``reason`` names the sentence in the catalogues, ``values`` fill it: the
    ticket's ``number``, its ``holder`` (a user id) and ``since`` (an aware moment) where known."""

    def __init__(self, reason: StrEnum, values: Mapping[str, object] | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.values = dict(values or {})


class HelpdeskInvalid(HelpdeskError):
    """The helpdesk's settings are wrong; ``problems`` has a sentence for each fault."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)
