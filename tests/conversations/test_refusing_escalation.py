"""Bad input at the helpdesk gets a clear answer and loses nothing."""

import asyncio

import pytest

from sandbox.conversation import Message
from sandbox.people import Actor
from sandbox.workspace import Person, PersonKind
from tests.conversations.counter import Counter
from tests.workplace import Workplace, labels


@pytest.fixture
def counter(workplace: Workplace) -> Counter:
    return Counter(workplace)


async def test_who_left_the_tier_cannot_claim_from_an_old_screen(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.person("tia").invites("tier-1", "adam")
    await counter.sandbox.settled()
    adam = counter.person("adam")
    await adam.presses(card, "Assign")
    await adam.opens_modal()
    await counter.person("tia").removes("tier-1", "adam")
    await counter.sandbox.settled()

    result = await adam.submits({"colleague": counter.person("tom").id})

    assert "only members of that channel" in result.errors["colleague"]
    assert ["Claim"] == labels(counter.now(card))


async def test_who_joins_the_next_tier_may_claim_there_at_once(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    second = await counter.escalates("tia", card, 2, learned="a")
    await counter.person("tess").invites("tier-2", "tia")
    await counter.sandbox.settled()

    await counter.claims("tia", second)

    assert counter.person("tia").mention in counter.now(second).text


async def test_a_guest_in_the_channel_can_only_ask(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.person("tia").invites("tier-1", "gus")
    await counter.sandbox.settled()

    await counter.presses("gus", card, "Claim")

    await counter.refused("gus", "can ask, and nothing more")
    assert ["Claim"] == labels(counter.now(card))


async def test_somebody_else_cannot_press_solved(counter: Counter) -> None:
    alice = counter.person("alice")
    question = await alice.says("ask-it", "purple quux walrus?")
    answer = await counter.workplace.reply_to(question)
    card = await counter.sends_form(alice, answer, "purple quux walrus?", visibility="thread")
    await counter.claims("tia", card)
    await counter.resolves("tia", card, "x", "do y")
    await counter.fills_in("tia", card, "Deliver")
    solution = await counter.in_thread(question, "has a solution")

    await counter.presses("bram", solution, "Solved")

    await counter.refused("bram", "Only the person who asked")
    assert ["Solved", "Not solved"] == labels(counter.now(solution))


async def test_a_stale_card_is_refused_with_what_is_possible_now(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    old_screen = counter.sandbox.snapshot(counter.now(card))
    await counter.escalates("tia", card, 2, learned="a")

    await counter.person("tia").presses(old_screen, "Resolve")

    told = await counter.refused("tia", "waits in tier 2")
    assert "Claim it first" in told.text


async def test_the_same_question_sent_in_twice_makes_one_ticket(counter: Counter) -> None:
    alice = counter.person("alice")
    text = "purple quux walrus?"
    answer = await counter.workplace.reply_to(await alice.direct_messages(text))
    old_screen = counter.sandbox.snapshot(answer)
    await alice.presses(old_screen, "Ask the helpdesk")
    await alice.opens_modal()
    await alice.presses(old_screen, "Ask the helpdesk")
    await counter.sandbox.until(lambda: len(alice.modals) == 1)

    assert (await alice.submits()).ok
    await counter.workplace.posted_in("tier-1", text)
    await alice.presses(old_screen, "Ask the helpdesk")

    await counter.refused("alice", "already with the helpdesk")
    assert 1 == len(counter.cards(1))


async def test_a_solution_of_3000_characters_is_taken_and_a_longer_one_refused(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)

    await counter.resolves("tia", card, "x", "y" * 3_000)

    solution = await counter.delivers("tia", card)
    assert "y" * 3_000 in str(solution.blocks)


async def test_a_message_of_40000_characters_as_solution_is_cut_in_the_form_and_said_so(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.in_thread(card, "took #1")
    note = await counter.person("tia").replies(card, "long words " * 3_600)

    await counter.person("tia").shortcut("use_as_solution", note)

    form = await counter.person("tia").opens_modal()
    inputs = {block.get("block_id"): block for block in form.body["blocks"]}
    assert len(inputs["solution"]["element"]["initial_value"]) <= 3_000
    assert "cut to 3000" in str(form.body["blocks"])


def more_agents(counter: Counter, count: int) -> list[Actor]:
    """Colleagues beyond the cast, all in tier 1."""
    sandbox, tia = counter.sandbox, counter.person("tia")
    for number in range(count):
        name = f"agent{number}"
        person = Person(f"U0AGENT{number}", name, name, PersonKind.AGENT, tia.person.team_id)
        sandbox.workspace.add_person(person)
        sandbox.acts.invite(tia.person, sandbox.channel("tier-1"), person)
    return [counter.person(f"agent{number}") for number in range(count)]


@pytest.mark.parametrize("field", ["learned", "device", "checked"])
async def test_a_channel_mention_in_any_finding_stays_dead(counter: Counter, field: str) -> None:
    card = await counter.asks("alice", tried="<!channel> tried")
    await counter.claims("tia", card)

    second = await counter.escalates(
        "tia", card, 2, **({"learned": "found"} | {field: "<!channel> & <b>"})
    )

    for message in (card, second, *counter.notes(card)):
        assert "<!channel>" not in message.text + str(message.blocks)


async def test_of_two_who_resolve_at_once_the_holder_does_and_the_other_is_told(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    tia, tom = counter.person("tia"), counter.person("tom")
    await counter.presses("tia", card, "Resolve")
    await tia.opens_modal()
    await counter.fills_in("tom", card, "Assign", colleague=tom.id)
    await counter.presses("tom", card, "Resolve")
    await tom.opens_modal()

    lost, taken = await asyncio.gather(
        tia.submits({"root-cause": "a", "solution": "of tia"}),
        tom.submits({"root-cause": "b", "solution": "of tom"}),
    )

    assert taken.ok
    assert tom.id in lost.errors["root-cause"] or "resolved already" in lost.errors["root-cause"]
    note = await counter.in_thread(card, "resolved #1")
    assert "of tom" in note.text


async def test_a_hundred_who_claim_at_once_leave_one_holder_and_99_are_told(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    everybody = [counter.person("tia"), counter.person("tom"), *more_agents(counter, 98)]
    await counter.sandbox.settled()
    screen = counter.sandbox.snapshot(card)

    await asyncio.gather(*(one.presses(screen, "Claim") for one in everybody))

    def told() -> list[Message]:
        whispers = [message for one in everybody for message in one.ephemerals()]
        return whispers if len(whispers) == len(everybody) - 1 else []

    whispers = await counter.sandbox.until(told, timeout=20)
    assert all("has #1 since" in one.text for one in whispers)
    holders = [one for one in everybody if f"{one.mention} has it" in counter.now(card).text]
    assert 1 == len(holders)


async def test_escalating_while_another_claims_ends_in_one_state(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    tia = counter.person("tia")
    await tia.presses(counter.now(card), "Escalate")
    await tia.opens_modal()
    screen = counter.sandbox.snapshot(counter.now(card))

    await asyncio.gather(
        tia.submits({"learned": "found"}),
        counter.person("tom").presses(screen, "Reply to user"),
    )

    await counter.shows(card, lambda one: "now in tier 2" in one.text)
    assert 1 == len(counter.cards(2))
