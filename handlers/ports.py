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


class Roles(Protocol):
    """Who is in a role channel: being a member is what makes an agent or an admin."""

    async def is_member(self, channel: str, user: str) -> bool:
        """Whether the person is in the channel. Raises ``RolesUnknown`` when Slack does not
        tell and nothing is remembered: then nobody may act."""

    async def members(self, channel: str) -> frozenset[str]:
        """Everybody in the channel, or in the user group of that id, without the bot. Raises as
        above."""

    async def channels_of(self, user: str) -> frozenset[str]:
        """The channels the person is in, private ones as far as we are in them. Raises as above."""

    def joined(self, channel: str, user: str) -> None: ...

    def left(self, channel: str, user: str) -> None: ...


class Modals(Protocol):
    """Opens modals while their trigger lives (3 seconds)."""

    async def open(self, trigger_id: str, view: Mapping[str, Any]) -> bool:
        """``False`` when the trigger was used or too old: the person presses again."""
