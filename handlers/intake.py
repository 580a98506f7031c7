"""The way in: decide, commit, and only then acknowledge.

Slack gives 3 seconds (docs.slack.dev/apis/events-api). What returns from :meth:`Intake.take` may be
acknowledged; what raises may not, and Slack sends it again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from weakref import WeakValueDictionary

import structlog

from handlers.decision import NOTHING, Decide, Decision
from handlers.notices import Notices
from handlers.payloads import Payload, person_and_place, team_of
from handlers.ports import Modals
from knowledge.masking import without_secrets
from storage.errors import Conflict, Duplicate, StoreUnavailable
from storage.failed import FailedPayload
from storage.kinds import FAILED_PAYLOAD
from storage.port import Put, Store

DECIDE_WITHIN = 2.5
"""Seconds; leaves half a second of Slack's three for the way there and back."""

AT_ONCE = 32
"""Decisions under way at a time; the others wait for their turn, within the same time. Were all of
a burst decided side by side, all could be late, and so again at Slack's next tries."""

MOST_CONFLICTS = 20
"""Each conflict means that somebody else got through, so a press among a hundred ends well."""

log = structlog.get_logger()


class Intake:
    """Carries decisions to the store. ``now`` gives the domain's time, in UTC."""

    def __init__(
        self, store: Store, now: Callable[[], datetime], notices: Notices, modals: Modals
    ) -> None:
        self._store = store
        self._modals = modals
        self._now = now
        self._notices = notices
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._threads: WeakValueDictionary[tuple[str, str | None], asyncio.Lock] = (
            WeakValueDictionary()
        )
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def take(self, key: str, body: Payload, decide: Decide) -> Decision:
        """Decide, commit and open the modal, within ``DECIDE_WITHIN``. ``key`` names the payload.
        Gives the decision, for what its acknowledgement has to carry.

        A payload handled before changes nothing. One whose decision raises is kept as failed, the
        admins and the person are told, and it counts as handled. Raises ``StoreUnavailable`` and
        ``TimeoutError``: then nothing was decided, and the payload must come again.
        """
        self._enter()
        try:
            async with asyncio.timeout(DECIDE_WITHIN):
                return await self._decide_or_keep(key, body, decide)
        finally:
            self._leave()

    @asynccontextmanager
    async def _in_turn(self, body: Payload) -> AsyncIterator[None]:
        """What belongs to one thread or message is decided in the order in which it came."""
        _, channel, thread_ts = person_and_place(body) or ("", "", None)
        thread = asyncio.Lock()
        if channel:
            thread = self._threads.setdefault((channel, thread_ts), thread)
        async with thread, self._turn:
            yield

    async def drained(self) -> None:
        """Return when nothing is being decided."""
        await self._idle.wait()

    async def _decide_or_keep(self, key: str, body: Payload, decide: Decide) -> Decision:
        try:
            async with self._in_turn(body):
                decision = await self._decide(key, decide)
            if decision.modal:
                await self._modals.open(decision.modal.trigger_id, decision.modal.view)
        except (StoreUnavailable, TimeoutError, asyncio.CancelledError):
            raise
        except Exception as error:
            log.exception("payload failed", payload=key, team=team_of(body))
            await self._keep(key, body, error)
            return NOTHING
        return decision

    async def _decide(self, key: str, decide: Decide) -> Decision:
        for _ in range(MOST_CONFLICTS):
            if await self._store.has_key(key):
                return NOTHING
            now = self._now()
            decision = await decide(now)
            if decision.changes_nothing:
                return decision
            try:
                await self._store.commit(_keyed(decision, key).commit(now))
            except Conflict:
                continue
            except Duplicate:
                log.info("handled before", payload=key)
                return NOTHING
            return decision
        raise StoreUnavailable(f"{key} met {MOST_CONFLICTS} conflicts in a row")

    async def _keep(self, key: str, body: Payload, error: Exception) -> None:
        now = self._now()
        failed = FailedPayload(
            id=f"{now:%Y%m%dT%H%M%S}/{key}",
            team=team_of(body),
            at=now,
            error=type(error).__name__,
            body=without_secrets(dict(body)),
        )
        notices = [self._notices.payload_failed(failed.id, failed.error, now)]
        if place := person_and_place(body):
            user, channel, thread = place
            notices.append(self._notices.apology(key, channel, thread, user, now))
        decision = Decision(keys=(key,), puts=(Put(FAILED_PAYLOAD, failed),), outbox=tuple(notices))
        try:
            await self._store.commit(decision.commit(now))
        except Duplicate:
            return

    def _enter(self) -> None:
        self._under_way += 1
        self._idle.clear()

    def _leave(self) -> None:
        self._under_way -= 1
        if not self._under_way:
            self._idle.set()


def _keyed(decision: Decision, key: str) -> Decision:
    if key in decision.keys:
        return decision
    return replace(decision, keys=(key, *decision.keys))
