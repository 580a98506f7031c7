"""What can go wrong with a rollout.

RolloutError
├── PlanInvalid          the plan file cannot be used; carries every finding
├── TableRefused         a table cannot be imported; nothing was written; carries every finding
├── TemplateInvalid      a message template names a field that does not exist, or lacks a part
└── AnnouncementRefused  a command that the announcement's state or the person forbids
"""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One thing to know about a file: where, which field, what is wrong, what was expected.

    ``line`` counts from 1 and is 0 where no line can be named.
    """

    file: str
    line: int
    field: str
    problem: str
    expected: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        field = f" {self.field}:" if self.field else ""
        expected = f" Expected: {self.expected}." if self.expected else ""
        return f"{place}: {self.severity}:{field} {self.problem}.{expected}"


class RolloutError(Exception):
    """Base of every error of this package."""


class _WithFindings(RolloutError):
    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings


class PlanInvalid(_WithFindings):
    """The plan cannot be used."""


class TableRefused(_WithFindings):
    """The table cannot be imported."""


class TemplateInvalid(RolloutError):
    """A message template cannot be filled in."""


class Refusal(StrEnum):
    """Why a command on an announcement was refused; each has a sentence in the catalogues."""

    NOT_ADMIN = "not-admin"
    OWN_DRAFT = "own-draft"
    TOO_LATE = "too-late"
    PAST_DATE = "past-date"
    NOT_NOW = "not-now"
    NO_AUDIENCE = "no-audience"
    UNCHECKED = "unchecked"
    CHANGED = "changed"


class AnnouncementRefused(RolloutError):
    """A command that the announcement's state or the person forbids."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
