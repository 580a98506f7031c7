"""What the handlers need from Slack beside what an event carries."""

from collections.abc import Mapping
from typing import Any, Protocol

from helpdesk.people import Person


class People(Protocol):
    """Who people are. Answers from memory where it can, and never raises: a person Slack does not
    tell about comes back with an id only."""

    async def person(self, user: str) -> Person: ...

    def forget(self, user: str) -> None:
        """Ask Slack anew the next time."""


class Modals(Protocol):
    """Opens modals while their trigger lives (3 seconds)."""

    async def open(self, trigger_id: str, view: Mapping[str, Any]) -> None: ...
