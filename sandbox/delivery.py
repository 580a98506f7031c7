"""Deliveries to the bot: acknowledgement within three seconds, redelivery, and who waits.

Events that are not acknowledged are sent again almost at once, after one minute and after five,
with attempt and reason (docs.slack.dev/apis/events-api). Interactions and commands are sent once;
the person sees an error when they are not acknowledged.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from sandbox.conversation import Json
from sandbox.errors import ActRefused
from sandbox.faults import Fault, Faults
from sandbox.traffic import Entry, Traffic

ACK_WITHIN = 3.0
# "Almost at once" is taken as one second: over Socket Mode a copy came 3-4 s after the first
# (bolt-js issue 2487), three of which are the time to acknowledge.
RETRY_AFTER = (1.0, 60.0, 300.0)
MOST_GIVEN_UP = 1_000


@dataclass(frozen=True, slots=True)
class DeliveryTimes:
    """Seconds until a delivery counts as unacknowledged, and between the attempts of an event."""

    ack_within: float = ACK_WITHIN
    retry_after: tuple[float, ...] = RETRY_AFTER

    def scaled(self, factor: float) -> "DeliveryTimes":
        """The waits between attempts times `factor`; the time to acknowledge stays."""
        return DeliveryTimes(self.ack_within, tuple(wait * factor for wait in self.retry_after))


class Kind(StrEnum):
    """Socket Mode's names of what an envelope holds."""

    EVENT = "events_api"
    INTERACTION = "interactive"
    COMMAND = "slash_commands"


_INSPECTED_AS = {Kind.EVENT: "event", Kind.INTERACTION: "interaction", Kind.COMMAND: "command"}


@dataclass(slots=True, eq=False)
class Delivery:
    """One thing to tell the bot; `attempt` counts from 0, `reason` says why it is sent again."""

    kind: Kind
    name: str
    payload: Json
    envelope_id: str = ""
    attempt: int = 0
    reason: str = ""
    answer: asyncio.Future[Any] | None = None
    entry: Entry | None = None
    sent_at: float = 0.0
    timer: asyncio.TimerHandle | None = field(default=None, repr=False)


class Transport(Protocol):
    """The way to the bot. It reports back through `Deliveries.acknowledge` and `.fail`."""

    mode: str

    @property
    def connected(self) -> bool:
        """Whether a delivery could be carried now."""

    def carry(self, delivery: Delivery) -> None:
        """Sends; only called while connected."""

    def cut(self) -> None:
        """Breaks one connection, as a fault."""


class Deliveries:
    """Sends what is to be told to the bot and follows it to the end."""

    def __init__(
        self,
        traffic: Traffic,
        faults: Faults,
        times: DeliveryTimes,
        changed: Callable[[], None],
    ) -> None:
        self.times = times
        self.transport: Transport | None = None
        self._traffic = traffic
        self._faults = faults
        self._changed = changed
        self._open: set[Delivery] = set()
        self._numbers = 0
        self.acknowledged = 0
        self.given_up: list[Delivery] = []

    @property
    def unfinished(self) -> int:
        """Deliveries that are neither acknowledged nor given up."""
        return len(self._open)

    @property
    def connected(self) -> bool:
        return self.transport is not None and self.transport.connected

    def tell(self, name: str, payload: Json) -> None:
        """Sends an event, again and again until it is acknowledged or the tries are used up."""
        delivery = Delivery(Kind.EVENT, name, payload)
        self._open.add(delivery)
        self._attempt(delivery)

    async def ask(self, kind: Kind, name: str, payload: Json) -> Any:
        """Sends an interaction or command once; gives what came with the acknowledgement.

        Refused with `not_acknowledged`, in the words a person would see.
        """
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        delivery = Delivery(kind, name, payload, answer=answer)
        self._open.add(delivery)
        self._attempt(delivery)
        return await answer

    def acknowledge(self, delivery: Delivery, envelope_id: str, payload: Any = None) -> None:
        """The bot answered; an answer to an attempt already given up changes nothing."""
        if delivery.envelope_id != envelope_id:
            return
        if delivery.entry is not None:
            delivery.entry.answer = payload
        self._finish(delivery, "acked")
        self.acknowledged += 1
        if delivery.answer is not None and not delivery.answer.done():
            delivery.answer.set_result(payload)

    def fail(
        self, delivery: Delivery, envelope_id: str, reason: str, *, final: bool = False
    ) -> None:
        """An attempt came to nothing; the next one follows when there is one."""
        if delivery.envelope_id != envelope_id:
            return
        delivery.envelope_id = ""
        self._stop_timer(delivery)
        last = delivery.kind is not Kind.EVENT or delivery.attempt >= len(self.times.retry_after)
        if last or final:
            self._give_up(delivery, reason)
            return
        if delivery.entry is not None:
            self._traffic.finish(delivery.entry, f"unacked ({reason})")
        wait = self.times.retry_after[delivery.attempt]
        delivery.attempt += 1
        delivery.reason = reason
        delivery.timer = asyncio.get_running_loop().call_later(wait, self._attempt, delivery)
        self._changed()

    def abandon(self) -> None:
        """Forgets all open deliveries, when the sandbox closes."""
        for delivery in tuple(self._open):
            self._stop_timer(delivery)
            if delivery.answer is not None and not delivery.answer.done():
                delivery.answer.cancel()
        self._open.clear()

    def _attempt(self, delivery: Delivery) -> None:
        self._numbers += 1
        delivery.envelope_id = f"envelope-{self._numbers}"
        shown = _INSPECTED_AS[delivery.kind]
        delivery.entry = self._traffic.begin(
            "to_bot",
            shown,
            delivery.name,
            delivery.payload,
            id=delivery.payload.get("event_id") or delivery.envelope_id,
            attempt=delivery.attempt,
        )
        self._start_timer(delivery)
        rule = self._faults.strike(shown, delivery.name)
        if rule is None:
            self._carry(delivery)
            return
        match rule.fault:
            case Fault.DUPLICATE:
                self._carry(delivery)
                self._carry(delivery)
            case Fault.DELAY:
                asyncio.get_running_loop().call_later(rule.seconds, self._carry, delivery)
            case Fault.RESET if self.transport is not None:
                self._carry(delivery)
                self.transport.cut()
            case _:
                pass

    def _carry(self, delivery: Delivery) -> None:
        if not delivery.envelope_id:
            return
        if self.transport is not None and self.transport.connected:
            delivery.sent_at = time.monotonic()
            self.transport.carry(delivery)
        else:
            self.fail(delivery, delivery.envelope_id, "connection_failed")

    def _start_timer(self, delivery: Delivery) -> None:
        self._stop_timer(delivery)
        delivery.timer = asyncio.get_running_loop().call_later(
            self.times.ack_within, self.fail, delivery, delivery.envelope_id, "http_timeout"
        )

    def _stop_timer(self, delivery: Delivery) -> None:
        if delivery.timer is not None:
            delivery.timer.cancel()
            delivery.timer = None

    def _give_up(self, delivery: Delivery, reason: str) -> None:
        self._finish(delivery, f"unacked ({reason})")
        self.given_up.append(delivery)
        del self.given_up[:-MOST_GIVEN_UP]
        if delivery.answer is not None and not delivery.answer.done():
            delivery.answer.set_exception(_unanswered(delivery, reason))

    def _finish(self, delivery: Delivery, outcome: str) -> None:
        self._open.discard(delivery)
        delivery.envelope_id = ""
        self._stop_timer(delivery)
        if delivery.entry is not None:
            self._traffic.finish(delivery.entry, outcome)
        self._changed()


def _unanswered(delivery: Delivery, reason: str) -> ActRefused:
    if reason == "connection_failed":
        text = f"{delivery.name} could not be delivered: the app is not connected."
    else:
        text = f"{delivery.name} was not acknowledged by the app ({reason}). Try again."
    return ActRefused("not_acknowledged", text, reason=reason)
