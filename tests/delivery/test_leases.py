"""What happens to an item that is held longer than its lease lasts."""

import asyncio
from datetime import timedelta

from delivery.pace import Pace, Rate
from delivery.sender import LEASE
from storage.outbox import OutboxState
from tests.delivery.outgoing import Outgoing, SetClock, post


async def test_an_item_whose_lease_lapsed_before_its_turn_is_left_to_the_next_holder(
    outgoing: Outgoing,
) -> None:
    clock = SetClock()
    sender = outgoing.sender(Pace(Rate(interval=1.0), Rate(interval=0.0)), clock)
    await outgoing.put("first", post("first"), clock)
    await sender.send(await outgoing.lease(clock))
    await outgoing.put("second", post("second"), clock)
    slow = asyncio.create_task(sender.send(await outgoing.lease(clock)))
    await asyncio.sleep(0.2)

    clock.pass_by(LEASE)
    again = await outgoing.lease(clock)
    await asyncio.gather(slow, sender.send(again))

    assert 1 == outgoing.said_in("ask-it", "second")


async def test_what_must_wait_long_for_its_channel_goes_back_and_leaves_its_place_to_others(
    outgoing: Outgoing,
) -> None:
    clock = SetClock()
    pace = Pace(Rate(interval=0.0), Rate(interval=0.0))
    sender = outgoing.sender(pace, clock)
    await outgoing.put("held", post("held"), clock)
    lease = await outgoing.lease(clock)
    await pace.hold(lease.item.call.to.channel, 90.0)  # type: ignore[union-attr]

    async with asyncio.timeout(5):
        await sender.send(lease)

    entry = await outgoing.store.outbox_entry("held")
    assert entry is not None
    assert OutboxState.WAITING is entry.state
    due = await outgoing.store.next_due()
    assert due is not None
    assert timedelta(seconds=80) < due - clock.now() < timedelta(seconds=100)
