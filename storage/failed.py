"""A payload from Slack that could not be decided on, kept so that nothing sent to us is lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class FailedPayload:
    """``error`` is the name of what was raised; ``body`` is the payload as Slack sent it."""

    id: str
    team: str
    at: datetime
    error: str
    body: Mapping[str, Any]
