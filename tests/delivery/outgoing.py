"""A sender and a gateway at work in the sandbox, without the rest of the bot."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from delivery.clock import Clock, SystemClock
from delivery.gateway import Gateway
from delivery.pace import UNLIMITED, Pace
from delivery.sender import LEASE, Sender
from handlers.catalogue import Catalogue
from handlers.notices import Notices
from knowledge.article import Language
from sandbox.people import Place
from sandbox.seed import channel_id
from sandbox.server import Sandbox
from storage.outbox import Call, Content, InChannel, Lane, OutboxItem, OutboxLease, Post
from storage.port import Commit, Store


@dataclass
class SetClock:
    """A clock that stands until it is moved."""

    moment: datetime = field(default_factory=lambda: datetime.now(UTC))
    factor: float = 1.0

    def now(self) -> datetime:
        return self.moment

    def pass_by(self, time: timedelta) -> None:
        self.moment += time


@dataclass
class Outgoing:
    """The parts between the outbox and Slack."""

    sandbox: Sandbox
    store: Store
    gateway: Gateway

    def sender(self, pace: Pace | None = None, clock: Clock | None = None) -> Sender:
        return Sender(
            self.store,
            self.gateway,
            pace or Pace(UNLIMITED, UNLIMITED),
            clock or SystemClock(),
            "sender",
            Notices(Catalogue(), Language.EN, "T1", channel_id("rollout-admins")).channel_unusable,
            lambda code: None,
        )

    async def put(self, key: str, call: Call, clock: Clock | None = None) -> None:
        """One item, in an order group of its own."""
        now = (clock or SystemClock()).now()
        item = OutboxItem(key=key, team="T1", order_group=key, call=call, due_at=now)
        await self.store.commit(Commit(at=now, outbox=(item,)))

    async def lease(self, clock: Clock | None = None) -> OutboxLease:
        now = (clock or SystemClock()).now()
        leases = await self.store.lease_outbox(
            Lane.CONVERSATION, "sender", now, limit=1, lease_for=LEASE
        )
        return leases[0]

    def said_in(self, place: Place, text: str) -> int:
        """How often the bot said something somewhere."""
        messages = self.sandbox.messages_in(place)
        return len([one for one in messages if one.bot_id and one.text == text])


def post(text: str, channel: str = "ask-it", thread_ts: str | None = None) -> Post:
    return Post(InChannel(channel_id(channel), thread_ts), Content(text))
