"""Finding a message again, and taking one back that landed outside its thread."""

from datetime import timedelta

from storage.outbox import Content
from tests.delivery.outgoing import Outgoing, SetClock, post

MANY = 250


async def test_a_message_at_the_end_of_a_long_thread_is_found(outgoing: Outgoing) -> None:
    alice = outgoing.sandbox.person("alice")
    root = await alice.says("ask-it", "how?")
    for number in range(MANY):
        await alice.replies(root, f"reply {number}")
    posted = await outgoing.gateway.post(
        root.channel, Content("answer"), key="answer", thread_ts=root.ts
    )

    found = await outgoing.gateway.find("answer", root.channel, root.ts)

    assert found is not None
    assert posted.ts == found.ts


async def test_a_message_that_many_others_followed_is_found(outgoing: Outgoing) -> None:
    alice = outgoing.sandbox.person("alice")
    root = await alice.says("ask-it", "how?")
    posted = await outgoing.gateway.post(root.channel, Content("card"), key="card")
    for number in range(MANY):
        await alice.says("ask-it", f"message {number}")

    found = await outgoing.gateway.find("card", root.channel, None)

    assert found is not None
    assert posted.ts == found.ts


async def test_a_reply_under_a_deleted_root_is_taken_back_though_slack_finds_that_too_fast(
    outgoing: Outgoing,
) -> None:
    clock = SetClock()
    root = await outgoing.sandbox.person("alice").says("ask-it", "how?")
    outgoing.sandbox.channel("ask-it").remove(root)
    outgoing.sandbox.core.faults.add("chat.delete", "ratelimit", times=1)
    sender = outgoing.sender(clock=clock)
    await outgoing.put("answer", post("answer", thread_ts=root.ts), clock)

    await sender.send(await outgoing.lease(clock))
    clock.pass_by(timedelta(minutes=5))
    await sender.send(await outgoing.lease(clock))

    assert 0 == outgoing.said_in("ask-it", "answer")
