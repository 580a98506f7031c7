"""Bad input at the helpdesk gets a clear answer and loses nothing."""

import asyncio
import re

import pytest
from slack_sdk.web.async_client import AsyncWebClient

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


async def copied_to(counter: Counter, channel: str, card: Message) -> Message:
    """The card as a copy in another channel."""
    web = AsyncWebClient(token=counter.sandbox.bot_token, base_url=counter.sandbox.api_url)
    place = counter.sandbox.channel(channel)
    posted = await web.chat_postMessage(
        channel=place.id, text="a copy", blocks=list(card.blocks or ())
    )
    copy = place.find(str(posted["ts"]))
    assert copy is not None
    return copy


async def test_a_copy_of_a_card_in_another_channel_has_no_power(counter: Counter) -> None:
    card = await counter.asks("alice")
    copy = await copied_to(counter, "ask-it", card)

    await counter.person("adam").presses(copy, "Claim")
    await counter.person("tia").presses(copy, "Claim")

    for name in ("adam", "tia"):
        await counter.refused(name, "This is a copy")
    assert ["Claim"] == labels(counter.now(card))


async def test_a_copy_in_another_tiers_channel_gives_that_tier_no_power(counter: Counter) -> None:
    card = await counter.asks("alice")
    copy = await copied_to(counter, "tier-2", card)

    await counter.person("tess").presses(copy, "Claim")

    await counter.refused("tess", "only members of that channel")
    assert ["Claim"] == labels(counter.now(card))


async def test_somebody_of_another_organisation_can_only_ask(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.person("tia").invites("tier-1", "pat")
    await counter.sandbox.settled()

    await counter.presses("pat", card, "Claim")

    await counter.refused("pat", "can ask, and nothing more")
    assert ["Claim"] == labels(counter.now(card))


async def test_the_same_findings_sent_in_twice_at_once_go_up_once(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.presses("tia", card, "Escalate")
    tia = counter.person("tia")
    await tia.opens_modal()

    twice = [tia.submits({"learned": "not the cable"}) for _ in range(2)]
    results = await asyncio.gather(*twice)
    await counter.workplace.posted_in("tier-2", "#1 ·")
    await counter.sandbox.settled()

    assert any(one.ok for one in results)
    assert 1 == len(counter.cards(2))
    assert 1 == str(counter.cards(2)[0].blocks).count("not the cable")


async def test_a_solution_delivered_twice_at_once_reaches_the_asker_once(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.resolves("tia", card, "profile", "remove the profile")
    await counter.presses("tia", card, "Deliver")
    tia = counter.person("tia")
    await tia.opens_modal()

    results = await asyncio.gather(tia.submits(), tia.submits())
    await counter.told("alice", "has a solution")
    await counter.sandbox.settled()

    assert any(one.ok for one in results)
    told = counter.sandbox.messages_in(counter.person("alice").direct_message)
    assert 1 == len([one for one in told if "has a solution" in one.text])


async def test_solved_and_not_solved_pressed_at_once_end_in_one_of_both(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.resolves("tia", card, "profile", "remove the profile")
    solution = await counter.delivers("tia", card)
    screen, alice = counter.sandbox.snapshot(solution), counter.person("alice")

    await asyncio.gather(alice.presses(screen, "Solved"), alice.presses(screen, "Not solved"))

    def ends() -> list[Message]:
        words = ("Solved, says", "is not solved")
        return [one for one in counter.notes(card) if any(word in one.text for word in words)]

    assert 1 == len(await counter.sandbox.until(ends))
    await counter.sandbox.until(alice.ephemerals, explain="the late press is answered")
    assert 1 == len(ends())


async def test_the_asker_withdraws_while_the_holder_resolves_and_it_ends_in_one_state(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    status = await counter.told("alice", "#1 ·")
    await counter.claims("tia", card)
    await counter.presses("tia", card, "Resolve")
    tia = counter.person("tia")
    await tia.opens_modal()

    await counter.presses("alice", status, "No longer needed")
    late = await tia.submits({"root-cause": "profile", "solution": "remove it"})

    assert "is closed" in late.errors["root-cause"]
    await counter.shows(card, lambda one: "closed since" in one.text)


async def test_escalating_what_one_released_and_another_claims_leaves_it_with_the_other(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    tia, tom = counter.person("tia"), counter.person("tom")
    await tia.presses(counter.now(card), "Escalate")
    await tia.opens_modal()
    await counter.presses("tia", card, "Release")
    free = await counter.shows(card, lambda one: labels(one) == ["Claim"])

    late, _ = await asyncio.gather(
        tia.submits({"learned": "not the cable"}), tom.presses(free, "Claim")
    )

    words = late.errors["learned"]
    assert "waits in tier 1" in words or words.startswith("Tom Tanner has #1 since")
    await counter.shows(card, lambda one: f"{tom.mention} has it" in one.text)
    assert [] == counter.cards(2)


EMPTY = {
    "Reply to user": ({"text": " \n "}, "text"),
    "Escalate": ({"learned": "\t"}, "learned"),
    "Resolve": ({"root-cause": "profile", "solution": "  "}, "solution"),
}


@pytest.mark.parametrize("label", EMPTY)
async def test_what_is_required_and_empty_is_asked_for_beside_its_input(
    counter: Counter, label: str
) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.presses("tia", card, label)
    await counter.person("tia").opens_modal()
    form, at_fault = EMPTY[label]

    result = await counter.person("tia").submits(form)

    assert [at_fault] == list(result.errors)
    assert "required" in result.errors[at_fault]
    assert 1 == len(counter.person("tia").modals)


async def test_a_message_of_40000_characters_is_not_sent_to_the_asker_and_the_agent_learns_why(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.in_thread(card, "took #1")
    note = await counter.person("tia").replies(card, "long words " * 3_600)

    await counter.person("tia").shortcut("send_to_user", note)

    await counter.refused("tia", "longer than 3000 characters")
    told = counter.sandbox.messages_in(counter.person("alice").direct_message)
    assert [] == [one for one in told if "long words" in one.text]


async def test_a_question_of_40000_characters_becomes_a_ticket_that_can_be_worked_on(
    counter: Counter,
) -> None:
    alice = counter.person("alice")
    text = "my zebra quux walrus says nothing " * 1_176
    answer = await counter.workplace.reply_to(await alice.direct_messages(text))
    await alice.presses(answer, "Ask the helpdesk")
    await alice.opens_modal()

    assert (await alice.submits()).ok

    card = await counter.workplace.posted_in("tier-1", "#1 ·")
    await counter.claims("tia", card)


SHOUT = "<!channel> <@U0TOM> <!here|now>"
SHOUTED = {
    "Reply to user": {"text": SHOUT},
    "Escalate": dict.fromkeys(("learned", "device", "build", "checked", "happened-at"), SHOUT),
    "Resolve": {"root-cause": SHOUT, "solution": SHOUT},
}


def shouts(message: Message) -> bool:
    """Whether what a person wrote would notify somebody; dates notify nobody."""
    marked = [block["text"]["text"] for block in message.blocks or () if block["type"] == "section"]
    spoken = re.sub(r"<!date\^[^>]*>", "", "\n".join([message.text, *marked]))
    return "<!" in spoken or "<@U0TOM>" in spoken


@pytest.mark.parametrize("label", SHOUTED)
async def test_a_mention_of_everybody_in_any_field_of_a_form_stays_dead(
    counter: Counter, label: str
) -> None:
    card = await counter.asks("alice", f"my purple quux walrus says {SHOUT}", tried=SHOUT)
    await counter.claims("tia", card)

    await counter.fills_in("tia", card, label, **SHOUTED[label])
    await counter.sandbox.settled()

    places = [counter.sandbox.channel(name) for name in ("tier-1", "tier-2", "tier-3")]
    places.append(counter.person("alice").direct_message)
    said = [one for place in places for one in place.messages() if one.bot_id]
    assert len(said) > 2
    assert [] == [one.text for one in said if shouts(one)]


async def test_the_vendors_case_and_the_question_down_mention_nobody_either(
    counter: Counter,
) -> None:
    first = await counter.asks("alice")
    await counter.claims("tia", first)
    second = await counter.escalates("tia", first, 2, learned="a")
    await counter.claims("tess", second)
    third = await counter.escalates("tess", second, 3, learned="b")
    await counter.claims("tara", third)

    await counter.fills_in("tara", third, "Hand to the vendor", case=SHOUT)
    given = await counter.shows(third, lambda one: "with the vendor" in one.text)
    await counter.presses("tara", third, "Answer came")
    back = await counter.shows(third, lambda one: "has it in tier 3" in one.text)
    await counter.fills_in("tara", back, "Return with a question", text=SHOUT)
    note = await counter.in_thread(second, "with a question")

    for message in (given, back, note, *counter.notes(third)):
        assert not shouts(message)


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
    words = lost.errors["root-cause"]
    assert words.startswith("Tom Tanner has #1 since") or "resolved already" in words
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
