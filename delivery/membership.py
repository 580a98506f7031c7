"""Who is in the role channels, remembered and kept true by events."""

import time
from collections.abc import Callable

import structlog

from delivery.errors import SlackError
from delivery.gateway import Gateway
from helpdesk.errors import RolesUnknown

REMEMBERED_FOR = 300.0
"""Seconds. Join and leave events correct it sooner; a missed event does so at the latest then."""

log = structlog.get_logger()


class Membership:
    """The members of channels; ``bot_user`` is never counted."""

    def __init__(
        self, gateway: Gateway, bot_user: str, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._gateway = gateway
        self._bot_user = bot_user
        self._now = now
        self._members: dict[str, tuple[float, frozenset[str]]] = {}

    async def is_member(self, channel: str, user: str) -> bool:
        return user in await self.members(channel)

    async def members(self, channel: str) -> frozenset[str]:
        """Everybody in the channel but the bot. While Slack does not answer, what is remembered
        counts; ``RolesUnknown`` when nothing is."""
        remembered = self._members.get(channel)
        if remembered and remembered[0] > self._now():
            return remembered[1]
        try:
            members = await self._gateway.members(channel) - {self._bot_user}
        except SlackError as error:
            log.warning("members not read", channel=channel, code=error.code)
            if remembered:
                return remembered[1]
            raise RolesUnknown(channel) from error
        self._members[channel] = (self._now() + REMEMBERED_FOR, members)
        return members

    def joined(self, channel: str, user: str) -> None:
        self._change(channel, lambda members: members | {user} - {self._bot_user})

    def left(self, channel: str, user: str) -> None:
        self._change(channel, lambda members: members - {user})

    def _change(self, channel: str, change: Callable[[frozenset[str]], frozenset[str]]) -> None:
        remembered = self._members.get(channel)
        if remembered:
            self._members[channel] = (remembered[0], change(remembered[1]))
