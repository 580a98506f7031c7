"""The sender: takes items from the outbox and makes each reach Slack effectively once.

A try ends in one of four ways: it was done (recorded), it was refused (another way, or given up),
it was certainly not done (again later), or nobody knows. After the last, and after a crash, the
sender looks for the item's key in the channel before it sends again.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from prometheus_client import Counter

from delivery.clock import Clock, passing
from delivery.errors import (
    AccessLost,
    ChannelUnusable,
    MessageGone,
    MessageRefused,
    NotReached,
    OutcomeUnknown,
    PersonUnreachable,
    Refused,
    SlackError,
    ThreadGone,
    TooFast,
)
from delivery.gateway import Gateway
from delivery.idling import LONGEST_IDLE, longest_idle
from delivery.joining import Joining
from delivery.pace import Pacing, SlotFarOff
from delivery.responses import FoundMessage
from storage.bell import Work
from storage.errors import StoreUnavailable
from storage.outbox import (
    CarryFiles,
    Content,
    Destination,
    DueCommand,
    Edit,
    InChannel,
    ItemMessage,
    JoinChannel,
    Lane,
    MessageAt,
    OutboxItem,
    OutboxLease,
    OutboxState,
    Post,
    Posted,
    PublishHome,
    Respond,
    Target,
    ToPerson,
    UnderItem,
    Whisper,
    Withdraw,
)
from storage.port import Commit, Store

LEASE = timedelta(seconds=60)
LAST_MOMENTS = timedelta(seconds=15)
"""Of a lease, in which no post is begun: the answer could come when the item is another's."""
AT_ONCE = {Lane.CONVERSATION: 32, Lane.ANNOUNCEMENT: 8}
SETTLING = timedelta(seconds=2)
"""How long an unknown outcome is left alone before it is looked for, and the first back-off."""
LONGEST_BACKOFF = timedelta(seconds=60)
AFTER_ACCESS = timedelta(seconds=5)
"""A lost token ends the bot; what waited goes out soon after it starts with a new one."""
MOST_CARRIES = 8
"""Tries to bring files over, some minutes in all; then people are told that they did not come."""
MOST_ATTEMPTS = 1_440
"""With the back-off this is about a day; an item whose outcome is unknown even then is given up and
stays on record. What was certainly not done is tried for ever: Slack may be away for long."""

SENT = Counter("signpost_sent", "Outgoing calls by how they ended", ["call", "outcome"])

log = structlog.get_logger()


class Noticing(Protocol):
    """Composes the notice that a channel cannot be written to."""

    def __call__(self, channel: str, code: str, now: datetime) -> OutboxItem | None: ...


class Losing(Protocol):
    """Says what is to be decided about an item that cannot be sent where it belongs;
    ``channel_lost`` tells a channel that cannot be used from a message that is gone. ``None`` where
    nothing is."""

    def __call__(
        self, item: OutboxItem, channel_lost: bool, now: datetime
    ) -> DueCommand | None: ...


def _no_loss(item: OutboxItem, channel_lost: bool, now: datetime) -> DueCommand | None:
    return None


class NotYet(Exception):
    """The item refers to a message that is still to be sent."""


class HeldTooLong(Exception):
    """The lease ends too soon to begin a post under it."""


class Sender:
    """Sends both lanes until stopped. ``on_access_lost`` is told Slack's code, once."""

    def __init__(
        self,
        store: Store,
        gateway: Gateway,
        pace: Pacing,
        clock: Clock,
        owner: str,
        notice: Noticing,
        on_access_lost: Callable[[str], None],
        losing: Losing = _no_loss,
    ) -> None:
        self._store = store
        self._gateway = gateway
        self._pace = pace
        self._joining = Joining(gateway)
        self._clock = clock
        self._owner = owner
        self._notice = notice
        self._on_access_lost = on_access_lost
        self._losing = losing
        self._in_hand: dict[str, asyncio.Task[None] | None] = {}
        self._work = {lane: store.listen(Work(lane)) for lane in Lane}
        self._stopping = False

    async def run(self) -> None:
        """Send until :meth:`stop`; what is being sent then is finished first."""
        async with asyncio.TaskGroup() as lanes:
            for lane in Lane:
                lanes.create_task(self._run_lane(lane))

    def stop(self) -> None:
        """Take no new items."""
        self._stopping = True
        for work in self._work.values():
            work.ring()

    async def _run_lane(self, lane: Lane) -> None:
        sending: set[asyncio.Task[None]] = set()
        while not self._stopping:
            free = AT_ONCE[lane] - len(sending)
            leases = await self._lease(lane, free) if free else []
            for lease in leases:
                task = asyncio.create_task(self._send_or_log(lease))
                sending.add(task)
                task.add_done_callback(sending.discard)
            if not free:
                await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
            elif not leases and not self._stopping:
                await self._work[lane].wait(longest_idle(self._clock))
        await asyncio.gather(*sending)

    async def _lease(self, lane: Lane, limit: int) -> list[OutboxLease]:
        try:
            return await self._store.lease_outbox(
                lane,
                self._owner,
                self._clock.now(),
                limit=limit,
                lease_for=passing(self._clock, LEASE),
            )
        except StoreUnavailable:
            log.warning("the store is away, sending pauses", lane=lane)
            await asyncio.sleep(LONGEST_IDLE)
            return []

    async def _send_or_log(self, lease: OutboxLease) -> None:
        """A clock that is set forward ends leases early: what is still in our own hands then is
        first let go of, and looked for."""
        key, task = lease.item.key, asyncio.current_task()
        earlier, self._in_hand[key] = self._in_hand.get(key), task
        if earlier is not None:
            await asyncio.wait({earlier})
        try:
            await self._send_and_log(lease)
        finally:
            if self._in_hand[key] is task:
                del self._in_hand[key]

    async def _send_and_log(self, lease: OutboxLease) -> None:
        try:
            await self.send(lease)
        except StoreUnavailable:
            log.warning("the store is away, the outcome is looked for later", item=lease.item.key)
        except Exception:
            log.exception("an item could not be sent", item=lease.item.key)
            await self._retry_unexpected(lease)

    async def _retry_unexpected(self, lease: OutboxLease) -> None:
        due = self._clock.now() + passing(self._clock, LONGEST_BACKOFF)
        try:
            await self._store.retry_outbox(lease, due, "unexpected", doubtful=True)
        except StoreUnavailable:
            log.warning("the store is away, the outcome is looked for later", item=lease.item.key)

    async def send(self, lease: OutboxLease) -> None:
        """Send one item and record how it ended."""
        try:
            posted = await self._deliver(lease)
        except SlackError as error:
            await self._react(lease, error)
        except NotYet:
            await self._later(lease, "waits for another message", _backoff(lease.attempt))
        except SlotFarOff as slot:
            await self._later(lease, "waits for its turn", timedelta(seconds=slot.seconds))
        except HeldTooLong:
            await self._later(lease, "held too long", timedelta())
        else:
            await self._store.finish_outbox(lease, posted)
            SENT.labels(lease.item.call.call, "done").inc()

    async def _deliver(self, lease: OutboxLease) -> Posted | None:
        item = lease.item
        match item.call:
            case Post():
                return await self._post(lease, item.call)
            case Edit(target, content):
                await self._edit(await self._place(target), content)
            case Withdraw(target):
                await self._gateway.withdraw(await self._place(target))
            case Whisper():
                return await self._whisper(lease, item.call)
            case Respond(url, content, replace_original):
                await self._gateway.respond(url, content, replace_original=replace_original)
            case PublishHome(user, view):
                await self._gateway.publish_home(user, view)
            case JoinChannel(channel):
                await self._join_ahead(channel)
            case CarryFiles():
                await self._carry(lease, item.call)
        return None

    async def _carry(self, lease: OutboxLease, carry: CarryFiles) -> None:
        channel, thread_ts = await self._destination(carry)
        if lease.doubtful and await self._gateway.has_said(carry.comment, channel, thread_ts):
            return
        await self._pace.slot(channel)
        try:
            await self._gateway.carry_files(carry.files, channel, thread_ts, carry.comment)
        except NotReached as error:
            if lease.attempt < MOST_CARRIES:
                raise
            raise Refused(error.code) from error

    async def _edit(self, place: MessageAt, content: Content) -> None:
        try:
            await self._gateway.edit(place, content)
        except MessageRefused as error:
            log.error("Slack refused our blocks, the words go alone", code=error.code)
            await self._gateway.edit(place, Content(content.text))

    async def _whisper(self, lease: OutboxLease, whisper: Whisper) -> Posted | None:
        """Said directly to a person who cannot see it where it belongs."""
        if lease.doubtful:
            return None
        channel, user, content = whisper.channel, whisper.user, whisper.content
        try:
            await self._gateway.whisper(channel, user, content, whisper.thread_ts)
        except (PersonUnreachable, ChannelUnusable):
            return await self._post_directly(lease, Post(ToPerson(user), content), user)
        return None

    async def _post(self, lease: OutboxLease, post: Post) -> Posted:
        try:
            channel, thread_ts = await self._destination(post)
            if posted := await self._look_for(lease, channel, thread_ts):
                return posted
            return await self._post_in(channel, thread_ts, lease, post)
        except (ThreadGone, MessageGone, ChannelUnusable, Refused) as error:
            if post.fallback_user is None:
                raise
            await self._tell_admins(error, post)
            return await self._post_directly(lease, post, post.fallback_user)

    async def _post_in(
        self, channel: str, thread_ts: str | None, lease: OutboxLease, post: Post
    ) -> Posted:
        await self._pace.slot(channel, lease.item.lane)
        try:
            return await self._call_post(channel, thread_ts, lease, post, post.content)
        except ChannelUnusable as error:
            if error.code != "not_in_channel":
                raise
            await self._join(channel, error)
            return await self._call_post(channel, thread_ts, lease, post, post.content)
        except MessageRefused as error:
            key = lease.item.key
            log.error("Slack refused our blocks, the words go alone", item=key, code=error.code)
            words = Content(post.content.text)
            return await self._call_post(channel, thread_ts, lease, post, words)

    async def _join_ahead(self, channel: str) -> None:
        """Where it cannot be done, posting says so at its time."""
        try:
            await self._joining.ahead(channel)
        except (ChannelUnusable, Refused, AccessLost) as error:
            log.info("cannot join by myself", channel=channel, code=error.code)

    async def _join(self, channel: str, kept_out: ChannelUnusable) -> None:
        try:
            await self._gateway.join(channel)
        except (ChannelUnusable, Refused, AccessLost) as error:
            log.warning("cannot join by myself", channel=channel, code=error.code)
            raise kept_out from error

    async def _call_post(
        self, channel: str, thread_ts: str | None, lease: OutboxLease, post: Post, content: Content
    ) -> Posted:
        if self._clock.now() >= lease.until - passing(self._clock, LAST_MOMENTS):
            raise HeldTooLong
        key, persona = lease.item.key, post.persona
        try:
            return await self._gateway.post(
                channel, content, key=key, thread_ts=thread_ts, persona=persona
            )
        except TooFast as error:
            await self._pace.hold(channel, error.retry_after)
            raise

    async def _post_directly(self, lease: OutboxLease, post: Post, user: str) -> Posted:
        channel = await self._gateway.direct_message(user)
        if posted := await self._look_for(lease, channel, None):
            return posted
        return await self._post_in(channel, None, lease, post)

    async def _look_for(
        self, lease: OutboxLease, channel: str, thread_ts: str | None
    ) -> Posted | None:
        """Where an earlier try left the message, if there may have been one. A message that landed
        outside its thread, because the root was gone, is taken back."""
        if not lease.doubtful:
            return None
        found = await self._find(lease.item.key, channel, thread_ts)
        if found is None:
            return None
        if thread_ts and found.thread_ts != thread_ts:
            await self._gateway.withdraw(MessageAt(found.channel, found.ts))
            raise ThreadGone("thread_not_found")
        return Posted(found.channel, found.ts)

    async def _find(self, key: str, channel: str, thread_ts: str | None) -> FoundMessage | None:
        """A channel that we post to without being in it can be looked through only once we are."""
        try:
            return await self._gateway.find(key, channel, thread_ts)
        except ChannelUnusable as error:
            if error.code != "not_in_channel":
                raise
            await self._gateway.join(channel)
            return await self._gateway.find(key, channel, thread_ts)

    async def _destination(self, post: Post | CarryFiles) -> tuple[str, str | None]:
        match post.to:
            case InChannel(channel, thread_ts):
                return channel, thread_ts
            case ToPerson(user):
                return await self._gateway.direct_message(user), None
            case UnderItem(key):
                place = await self._place(ItemMessage(key))
                return place.channel, place.ts

    async def _place(self, target: Target) -> MessageAt:
        if isinstance(target, MessageAt):
            return target
        entry = await self._store.outbox_entry(target.key)
        if entry is None or entry.state is OutboxState.DEAD:
            raise MessageGone("never_posted")
        if entry.posted is None and entry.state is OutboxState.DONE:
            raise MessageGone("left_no_message")
        if entry.posted is None:
            raise NotYet
        return MessageAt(entry.posted.channel, entry.posted.ts)

    async def _react(self, lease: OutboxLease, error: SlackError) -> None:
        SENT.labels(lease.item.call.call, type(error).__name__).inc()
        match error:
            case TooFast(retry_after=seconds):
                await self._later(lease, error.code, timedelta(seconds=seconds))
            case NotReached():
                await self._later(lease, error.code, _backoff(lease.attempt))
            case AccessLost():
                self._on_access_lost(error.code)
                await self._later(lease, error.code, AFTER_ACCESS)
            case OutcomeUnknown():
                await self._doubted(lease, error.code)
            case _:
                await self._give_up(lease, error)

    async def _later(self, lease: OutboxLease, reason: str, after: timedelta) -> None:
        """Nothing was done, so it stays to be done, however often that happens."""
        log.info("sent again later", item=lease.item.key, reason=reason)
        due = self._clock.now() + passing(self._clock, after)
        await self._store.retry_outbox(lease, due, reason, doubtful=lease.doubtful)

    async def _doubted(self, lease: OutboxLease, reason: str) -> None:
        """Nobody knows whether it was done: it is looked for later."""
        if lease.attempt >= MOST_ATTEMPTS:
            log.error("given up after many attempts", item=lease.item.key, reason=reason)
            await self._store.bury_outbox(lease, reason)
            return
        log.info("looked for and sent again later", item=lease.item.key, reason=reason)
        due = self._clock.now() + passing(self._clock, _backoff(lease.attempt))
        await self._store.retry_outbox(lease, due, reason, doubtful=True)

    async def _give_up(self, lease: OutboxLease, error: SlackError) -> None:
        await self._lose(lease.item, error)
        if isinstance(error, MessageGone) and not isinstance(lease.item.call, Post | CarryFiles):
            await self._store.finish_outbox(lease, None)
            return
        level = log.info if isinstance(error, PersonUnreachable) else log.error
        level("cannot be sent", item=lease.item.key, code=error.code)
        await self._store.bury_outbox(lease, error.code)
        if isinstance(lease.item.call, Post):
            await self._tell_admins(error, lease.item.call)

    async def _lose(self, item: OutboxItem, error: SlackError) -> None:
        """Asked for before the item is given up, so that a crash between the two loses nothing."""
        if not isinstance(error, ChannelUnusable | ThreadGone | MessageGone):
            return
        now = self._clock.now()
        command = self._losing(item, isinstance(error, ChannelUnusable), now)
        if command:
            await self._store.commit(Commit(at=now, due=(command,)))

    async def _tell_admins(self, error: SlackError, post: Post) -> None:
        if not isinstance(error, ChannelUnusable | Refused | MessageRefused | MessageGone):
            return
        channel = await self._channel_of(post.to)
        now = self._clock.now()
        notice = self._notice(channel, error.code, now) if channel else None
        if notice:
            await self._store.commit(Commit(at=now, outbox=(notice,)))

    async def _channel_of(self, to: Destination) -> str | None:
        """Where people miss the message: the channel, or that of the message it belongs under, also
        when that was never posted. ``None`` for direct messages."""
        match to:
            case InChannel(channel):
                return channel
            case ToPerson():
                return None
            case UnderItem(key):
                entry = await self._store.outbox_entry(key)
                above = entry.item.call if entry else None
                return await self._channel_of(above.to) if isinstance(above, Post) else None


def _backoff(attempt: int) -> timedelta:
    doublings = min(attempt - 1, 10)
    return min(SETTLING * (1 << doublings), LONGEST_BACKOFF)
