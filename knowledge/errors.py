"""What can go wrong with the knowledge base.

KnowledgeError
├── KnowledgeInvalid       the folder cannot be loaded; carries every finding
├── CalibrationInvalid     the calibration file is missing or broken
└── ImportRefused          a spreadsheet cannot be taken over
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: where, what, and how to mend it. `line` counts from 1."""

    path: Path
    line: int | None
    problem: str
    mend: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else str(self.path)
        return f"{place}: {self.severity}: {self.problem} {self.mend}".rstrip()


class KnowledgeError(Exception):
    """Base of every error of this package."""


class KnowledgeInvalid(KnowledgeError):
    """The knowledge folder cannot be used. `findings` lists everything wrong at once."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__("\n".join(str(finding) for finding in findings))


class CalibrationInvalid(KnowledgeError):
    """The calibration file is missing, broken, or of another version."""


class ImportRefused(KnowledgeError):
    """A spreadsheet cannot be taken over; nothing was written. `findings` lists why."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__("\n".join(str(finding) for finding in findings))
