"""What Slack refuses is never met with silence."""

from delivery.clock import SystemClock
from sandbox.seed import channel_id
from storage.outbox import Content, Edit, InChannel, MessageAt, Post, Whisper
from tests.delivery.outgoing import Outgoing, post
from tests.payload_types import SENT

BROKEN = ({"type": "no_such_block"},)


async def send_all(outgoing: Outgoing) -> None:
    """What is due now, and what comes of it."""
    sender = outgoing.sender()
    while True:
        due = await outgoing.store.next_due()
        if due is None or due > SystemClock().now():
            return
        await sender.send(await outgoing.lease())


async def test_a_code_nobody_knows_sends_the_answer_to_the_person_and_tells_the_admins(
    outgoing: Outgoing,
) -> None:
    alice = outgoing.sandbox.person("alice")
    outgoing.sandbox.core.faults.add(
        "chat.postMessage", "error", code="new_in_2027", channel=channel_id("ask-it")
    )
    answer = Post(InChannel(channel_id("ask-it")), Content("answer"), fallback_user=alice.id)
    await outgoing.put("answer", answer)

    await send_all(outgoing)

    assert 1 == outgoing.said_in(alice.direct_message, "answer")
    told = outgoing.sandbox.messages_in("rollout-admins")
    assert ["new_in_2027" in one.text for one in told if one.bot_id] == [True]


async def test_a_refused_card_of_nobody_in_particular_is_told_to_the_admins(
    outgoing: Outgoing,
) -> None:
    outgoing.sandbox.core.faults.add(
        "chat.postMessage", "error", code="new_in_2027", channel=channel_id("tier-1")
    )
    await outgoing.put("card", post("card", "tier-1"))

    await send_all(outgoing)

    told = outgoing.sandbox.messages_in("rollout-admins")
    assert ["new_in_2027" in one.text for one in told if one.bot_id] == [True]


async def test_where_the_bot_may_not_join_the_answer_goes_to_the_person(
    outgoing: Outgoing,
) -> None:
    alice = outgoing.sandbox.person("alice")
    await alice.removes("ask-it", "signpost")
    outgoing.sandbox.set_scopes("chat:write", "im:write")
    answer = Post(InChannel(channel_id("ask-it")), Content("answer"), fallback_user=alice.id)
    await outgoing.put("answer", answer)

    await send_all(outgoing)

    assert 1 == outgoing.said_in(alice.direct_message, "answer")


async def test_refused_blocks_of_an_edit_leave_its_words(outgoing: Outgoing) -> None:
    posted = await outgoing.gateway.post(channel_id("ask-it"), Content("before"), key="card")
    edit = Edit(MessageAt(posted.channel, posted.ts), Content("after", BROKEN))
    await outgoing.put("edit", edit)

    await send_all(outgoing)

    assert 1 == outgoing.said_in("ask-it", "after")
    assert ["no_such_block" in one for one in SENT.beyond_limits()] == [True]


async def test_what_cannot_be_shown_in_passing_is_said_directly(outgoing: Outgoing) -> None:
    mei = outgoing.sandbox.person("mei")
    await outgoing.put("note", Whisper(channel_id("tier-1"), mei.id, Content("not yours")))

    await send_all(outgoing)

    assert 1 == outgoing.said_in(mei.direct_message, "not yours")
