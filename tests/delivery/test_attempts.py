"""How long an item is tried."""

from datetime import timedelta

import aiohttp

from delivery.gateway import Gateway, reading_client, web_client
from delivery.sender import MOST_ATTEMPTS
from storage.outbox import Content, Edit, ItemMessage, OutboxState
from tests.delivery.outgoing import Outgoing, SetClock, post

NOBODY_LISTENS = "http://127.0.0.1:1/api/"


async def tried_until_the_last_attempt(outgoing: Outgoing, clock: SetClock) -> None:
    for _ in range(MOST_ATTEMPTS - 1):
        lease = await outgoing.lease(clock)
        await outgoing.store.retry_outbox(lease, clock.now(), "earlier", doubtful=False)


async def state_after_a_try(outgoing: Outgoing, clock: SetClock, key: str) -> OutboxState:
    await outgoing.sender(clock=clock).send(await outgoing.lease(clock))
    entry = await outgoing.store.outbox_entry(key)
    assert entry is not None
    return entry.state


async def test_what_slack_finds_too_fast_is_never_given_up(outgoing: Outgoing) -> None:
    clock = SetClock()
    outgoing.sandbox.core.faults.add("chat.postMessage", "ratelimit")
    await outgoing.put("answer", post("answer"), clock)
    await tried_until_the_last_attempt(outgoing, clock)

    assert OutboxState.WAITING is await state_after_a_try(outgoing, clock, "answer")


async def test_what_waits_for_another_message_is_never_given_up(outgoing: Outgoing) -> None:
    clock = SetClock()
    later = SetClock(clock.now() + timedelta(days=30))
    await outgoing.put("card", post("card"), later)
    await outgoing.put("edit", Edit(ItemMessage("card"), Content("changed")), clock)
    await tried_until_the_last_attempt(outgoing, clock)

    assert OutboxState.WAITING is await state_after_a_try(outgoing, clock, "edit")


async def test_what_cannot_reach_slack_is_never_given_up(outgoing: Outgoing) -> None:
    clock = SetClock()
    await outgoing.put("answer", post("answer"), clock)
    await tried_until_the_last_attempt(outgoing, clock)
    async with aiohttp.ClientSession() as session:
        outgoing.gateway = Gateway(
            web_client("xoxb-cut-off", NOBODY_LISTENS, session),
            reading_client("xoxb-cut-off", NOBODY_LISTENS, session),
        )

        assert OutboxState.WAITING is await state_after_a_try(outgoing, clock, "answer")


async def test_what_ends_unknown_again_and_again_is_given_up_at_last(outgoing: Outgoing) -> None:
    clock = SetClock()
    outgoing.sandbox.core.faults.add("chat.postMessage", "error", status=500)
    await outgoing.put("answer", post("answer"), clock)
    await tried_until_the_last_attempt(outgoing, clock)

    assert OutboxState.DEAD is await state_after_a_try(outgoing, clock, "answer")
