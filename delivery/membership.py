"""Who is in channels and user groups, remembered and kept true by events."""

import asyncio
import time
from collections.abc import Callable, Set
from typing import TypeAlias

import structlog

from delivery.errors import NotReached, OutcomeUnknown, SlackError, TooFast
from delivery.gateway import Gateway
from delivery.role_channels import why_open
from helpdesk.errors import RolesUnknown

REMEMBERED_FOR = 300.0
"""Seconds. Join and leave events correct it sooner; a missed event does so at the latest then."""
SHARED_FOR = 30.0
"""Seconds, of role channels where there are several replicas: an event that corrects one of them
does not reach the others."""
ANSWER_WITHIN = 1.0
"""Seconds; a press must be acknowledged within three."""

LET_BE = 10.0
"""Seconds in which Slack is not asked again whose channels are whose, once it did not tell in time.
It allows about fifty such questions a minute (docs.slack.dev/reference/methods/users.conversations,
tier 3), and after an announcement more people than that may ask, whose answers must not wait."""
SLACK_IS_SLOW = (TimeoutError, TooFast, NotReached, OutcomeUnknown)
"""Other errors are about the one person."""
MOST_PEOPLE = 2_000
"""Whose channels are remembered; beyond, those asked about first are asked about again."""

Change: TypeAlias = Callable[[frozenset[str]], frozenset[str]]

log = structlog.get_logger()


class Membership:
    """The members of channels; ``bot_user`` is never counted. One of ``role_channels`` that
    became public or shared has no members for us, so that nobody gets a role by entering it."""

    def __init__(
        self,
        gateway: Gateway,
        bot_user: str,
        now: Callable[[], float] = time.monotonic,
        *,
        role_channels: Set[str] = frozenset(),
        roles_for: float = REMEMBERED_FOR,
    ) -> None:
        self._gateway = gateway
        self._bot_user = bot_user
        self._now = now
        self._role_channels = role_channels
        self._roles_for = roles_for
        self._members: dict[str, tuple[float, frozenset[str]]] = {}
        self._channels: dict[str, tuple[float, frozenset[str]]] = {}
        self._let_be_until = 0.0
        self._asking: dict[str, asyncio.Task[frozenset[str]]] = {}
        self._meanwhile: dict[str, list[Change]] = {}

    async def is_member(self, channel: str, user: str) -> bool:
        return user in await self.members(channel)

    async def members(self, channel: str) -> frozenset[str]:
        """Everybody in the channel or user group but the bot. While Slack does not answer, what is
        remembered counts; ``RolesUnknown`` when nothing is."""
        remembered = self._members.get(channel)
        if remembered and remembered[0] > self._now():
            return remembered[1]
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                return await asyncio.shield(self._asked(channel))
        except (TimeoutError, SlackError) as error:
            log.warning("members not read", channel=channel, reason=str(error) or "too slow")
            if remembered:
                return remembered[1]
            raise RolesUnknown(channel) from error

    def is_remembered_in_role(self, user: str) -> bool:
        """Whether somebody was in a role channel when it was last looked at."""
        known = [self._members.get(channel) for channel in self._role_channels]
        return any(user in one[1] for one in known if one)

    async def channels_of(self, user: str) -> frozenset[str]:
        """The channels somebody is in. ``RolesUnknown`` while Slack does not tell."""
        remembered = self._channels.get(user)
        if remembered and remembered[0] > self._now():
            return remembered[1]
        if self._let_be_until > self._now():
            raise RolesUnknown(user)
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                channels = await self._gateway.channels_of(user)
        except (TimeoutError, SlackError) as error:
            log.warning("channels not read", user=user, reason=str(error) or "too slow")
            if isinstance(error, SLACK_IS_SLOW):
                self._let_be_until = self._now() + LET_BE
            raise RolesUnknown(user) from error
        self._channels.pop(user, None)
        self._channels[user] = (self._now() + REMEMBERED_FOR, channels)
        if len(self._channels) > MOST_PEOPLE:
            del self._channels[next(iter(self._channels))]
        return channels

    def _asked(self, channel: str) -> asyncio.Task[frozenset[str]]:
        if channel not in self._asking:
            task = asyncio.create_task(self._ask(channel))
            task.add_done_callback(lambda done: self._asking.pop(channel, None))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._asking[channel] = task
        return self._asking[channel]

    async def _ask(self, channel: str) -> frozenset[str]:
        """What Slack tells, and on top of it what events told while it was being asked."""
        self._meanwhile[channel] = []
        try:
            members, is_open = await asyncio.gather(
                self._gateway.members(channel), self._is_open(channel)
            )
        finally:
            changes = self._meanwhile.pop(channel)
        members = frozenset() if is_open else members - {self._bot_user}
        for change in changes if not is_open else ():
            members = change(members)
        self._members[channel] = (self._now() + self._kept_for(channel), members)
        return members

    def _kept_for(self, channel: str) -> float:
        return self._roles_for if channel in self._role_channels else REMEMBERED_FOR

    async def _is_open(self, channel: str) -> bool:
        if channel not in self._role_channels:
            return False
        reason = why_open(await self._gateway.channel(channel))
        if reason:
            log.error("nobody has the role of an open channel", channel=channel, reason=reason)
        return reason is not None

    def joined(self, channel: str, user: str) -> None:
        """In a role channel this counts once Slack was asked whether it is still closed; until then
        those remembered keep their role."""
        self._channels.pop(user, None)
        if channel in self._role_channels:
            self._look_again(channel)
            self._meanwhile.get(channel, []).append(self._with(user))
        else:
            self._change(channel, self._with(user))

    def _with(self, user: str) -> Change:
        return lambda members: members | {user} - {self._bot_user}

    def _look_again(self, channel: str) -> None:
        remembered = self._members.get(channel)
        if remembered:
            self._members[channel] = (self._now(), remembered[1])

    def left(self, channel: str, user: str) -> None:
        self._channels.pop(user, None)
        self._change(channel, lambda members: members - {user})

    def _change(self, channel: str, change: Change) -> None:
        self._meanwhile.get(channel, []).append(change)
        remembered = self._members.get(channel)
        if remembered:
            self._members[channel] = (remembered[0], change(remembered[1]))
