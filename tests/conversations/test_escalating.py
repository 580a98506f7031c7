"""A question goes through tiers 1 to 3 and comes back solved."""

from datetime import UTC, datetime

import pytest

from knowledge.watching import Knowledge
from tests.conversations.counter import UNKNOWN, Counter
from tests.workplace import Workplace, labels, open_workplace


@pytest.fixture
def counter(workplace: Workplace) -> Counter:
    return Counter(workplace)


async def test_the_five_steps_of_support_bring_the_solution_back_to_the_asker(
    counter: Counter,
) -> None:
    # The user contacts tier 1 about an enrollment problem.
    first = await counter.asks("alice", tried="restarted it twice")
    status = await counter.told("alice", "#1 ·")
    assert "restarted it twice" in first.text
    assert ["No longer needed"] == labels(status)

    # Tier 1 cannot find the root cause and escalates to tier 2.
    await counter.claims("tia", first)
    second = await counter.escalates("tia", first, 2, learned="not the cable", device="iPad 9")
    moved = await counter.shows(first, lambda one: "now in tier 2" in one.text)
    assert [] == labels(moved)
    assert "not the cable" in str(second.blocks)
    assert "iPad 9" in str(second.blocks)

    # Tier 2 investigates, cannot resolve it, and escalates with additional information.
    await counter.claims("tess", second)
    third = await counter.escalates("tess", second, 3, learned="certificate expired")
    assert "not the cable" in str(third.blocks)
    assert "certificate expired" in str(third.blocks)

    # Tier 3 finds the root cause and passes the solution to tiers 2 and 1.
    await counter.claims("tara", third)
    await counter.resolves("tara", third, "an old certificate", "remove the profile, enroll anew")
    for card in (first, second, third):
        note = await counter.in_thread(card, "remove the profile, enroll anew")
        assert "an old certificate" in note.text
    assert counter.person("tia").mention in (await counter.in_thread(first, "an old cert")).text

    # Tier 1 contacts the user and resolves it.
    solution = await counter.delivers("tia", first)
    assert "remove the profile, enroll anew" in solution.text
    assert ["Solved", "Not solved"] == labels(solution)
    await counter.presses("alice", solution, "Solved")

    await counter.shows(status, lambda one: "closed" in one.text)
    for card in (first, second, third):
        await counter.shows(card, lambda one: "closed since" in one.text)
        await counter.in_thread(card, "Solved, says")
    assert [1, 1, 1] == [len(counter.cards(tier)) for tier in (1, 2, 3)]


async def test_the_form_is_filled_in_from_the_question(counter: Counter) -> None:
    alice = counter.person("alice")
    text = "my iPhone with iOS 17.4 shows zebra quux"
    answer = await counter.workplace.reply_to(await alice.says("ask-it", text))

    await alice.presses(answer, "Ask the helpdesk")

    form = await alice.opens_modal()
    inputs = {block["block_id"]: block for block in form.body["blocks"]}
    assert ["words", "platform", "tried", "visibility"] == list(inputs)
    assert text == inputs["words"]["element"]["initial_value"]
    assert "iOS / iPadOS" == inputs["platform"]["element"]["initial_option"]["value"]
    assert "private" == inputs["visibility"]["element"]["initial_option"]["value"]


async def test_the_card_shows_language_device_error_code_and_what_was_tried(
    counter: Counter,
) -> None:
    card = await counter.asks("alice", platform="Windows", tried="another cable")

    assert "Language: English" in card.text
    assert "Windows" in card.text
    assert "0x80180014" in card.text
    assert "another cable" in card.text
    assert ["Claim"] == labels(card)


async def test_the_answer_says_that_the_question_was_passed_on(counter: Counter) -> None:
    alice = counter.person("alice")
    answer = await counter.workplace.reply_to(await alice.says("ask-it", UNKNOWN))

    await counter.sends_form(alice, answer, UNKNOWN)

    passed = await counter.shows(answer, lambda one: not labels(one))
    assert "Passed on to the helpdesk" in passed.text


async def test_in_private_the_channel_reads_nothing(counter: Counter) -> None:
    card = await counter.asks_in_channel("alice")
    await counter.claims("tia", card)

    await counter.fills_in("tia", card, "Reply to user", text="which build is it?")

    await counter.told("alice", "which build is it?")
    spoken = [one for one in counter.sandbox.messages_in("ask-it") if one.bot_id]
    assert not [one for one in spoken if "which build" in one.text]


async def test_in_the_thread_the_status_and_the_replies_stand_beneath_the_question(
    counter: Counter,
) -> None:
    alice = counter.person("alice")
    question = await alice.says("ask-it", UNKNOWN)
    answer = await counter.workplace.reply_to(question)
    card = await counter.sends_form(alice, answer, UNKNOWN, visibility="thread")
    await counter.claims("tia", card)

    await counter.fills_in("tia", card, "Reply to user", text="which build is it?")

    reply = await counter.in_thread(question, "which build is it?")
    assert reply.text.startswith("Tia Torres from the helpdesk")
    assert [one for one in counter.notes(question) if "#1 ·" in one.text]


async def test_the_second_claimant_is_told_who_has_it_since_when(counter: Counter) -> None:
    card = await counter.asks("alice")
    old_screen = counter.sandbox.snapshot(card)
    await counter.claims("tia", card)

    await counter.person("tom").presses(old_screen, "Claim")

    told = await counter.refused("tom", "has #1 since")
    assert counter.person("tia").mention in told.text


async def test_claiming_twice_changes_nothing(counter: Counter) -> None:
    card = await counter.asks("alice")
    old_screen = counter.sandbox.snapshot(card)
    await counter.claims("tia", card)
    await counter.in_thread(card, "took #1")

    await counter.person("tia").presses(old_screen, "Claim")
    await counter.sandbox.settled()

    assert 1 == len(counter.notes(card))
    assert [] == counter.person("tia").ephemerals()


async def test_a_claim_mentions_the_holder_in_the_thread(counter: Counter) -> None:
    card = await counter.asks("alice")

    await counter.claims("tia", card)

    note = await counter.in_thread(card, "took #1")
    assert counter.person("tia").mention in note.text


async def test_findings_are_required_and_the_form_says_so(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.presses("tia", card, "Escalate")
    await counter.person("tia").opens_modal()

    result = await counter.person("tia").submits({"learned": "   "})

    assert "required" in result.errors["learned"]
    assert [] == counter.cards(2)


async def test_released_it_waits_again(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)

    await counter.presses("tia", card, "Release")

    waiting = await counter.shows(card, lambda one: "waits in tier 1" in one.text)
    assert ["Claim"] == labels(waiting)


async def test_assigned_it_is_with_the_colleague_who_is_mentioned(counter: Counter) -> None:
    card = await counter.asks("alice")
    tom = counter.person("tom")

    await counter.fills_in("tia", card, "Assign", colleague=tom.id)

    note = await counter.in_thread(card, "assigned by")
    assert tom.mention in note.text
    assert tom.mention in counter.now(card).text


async def test_it_cannot_be_assigned_to_somebody_outside_the_tier(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.presses("tia", card, "Assign")
    await counter.person("tia").opens_modal()

    result = await counter.person("tia").submits({"colleague": counter.person("adam").id})

    assert "not in the channel" in result.errors["colleague"]


async def test_tier_3_returns_it_with_a_question_to_the_one_who_had_it_in_tier_2(
    counter: Counter,
) -> None:
    first = await counter.asks("alice")
    await counter.claims("tia", first)
    second = await counter.escalates("tia", first, 2, learned="not the cable")
    await counter.claims("tess", second)
    third = await counter.escalates("tess", second, 3, learned="unclear")
    await counter.claims("tara", third)

    await counter.fills_in("tara", third, "Return with a question", text="which tenant?")

    note = await counter.in_thread(second, "which tenant?")
    assert counter.person("tess").mention in note.text
    await counter.shows(second, lambda one: "waits in tier 2" in one.text)
    assert 1 == len(counter.cards(2))


async def test_not_solved_goes_back_to_the_tier_that_resolved_it(counter: Counter) -> None:
    first = await counter.asks("alice")
    await counter.claims("tia", first)
    second = await counter.escalates("tia", first, 2, learned="not the cable")
    await counter.claims("tess", second)
    await counter.resolves("tess", second, "profile", "remove the profile")
    solution = await counter.delivers("tia", first)

    await counter.presses("alice", solution, "Not solved")

    note = await counter.in_thread(second, "is not solved")
    assert counter.person("tess").mention in note.text
    back = await counter.shows(second, lambda one: "waits in tier 2" in one.text)
    assert "not the cable" in str(back.blocks)
    assert "Tried before and did not solve it" in str(back.blocks)
    assert "Root cause: profile" in str(back.blocks)
    assert "Solution: remove the profile" in str(back.blocks)
    assert [] == labels(await counter.shows(solution, lambda one: "looks at it again" in one.text))


async def test_the_solution_can_be_edited_before_it_is_delivered(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.resolves("tia", card, "profile", "remove the profile")

    solution = await counter.delivers("tia", card, text="Dear Alice, please remove the profile.")

    assert "Dear Alice" in solution.text


async def test_a_solution_in_another_language_than_the_askers_is_warned_about(
    counter: Counter,
) -> None:
    card = await counter.asks("bram", "mijn zebra scherm zegt quux, wat moet ik nu doen?")
    await counter.claims("tia", card)
    solution = "Please remove the old management profile and then enroll the device again."
    await counter.resolves("tia", card, "profile", solution)

    await counter.presses("tia", card, "Deliver")

    form = await counter.person("tia").opens_modal()
    assert "the asker writes Dutch" in str(form.body["blocks"])


async def test_an_article_is_sent_in_the_askers_language(counter: Counter) -> None:
    card = await counter.asks("bram", "hoe registreer ik mijn iPhone?")
    await counter.claims("tia", card)
    await counter.presses("tia", card, "Send article")
    form = await counter.person("tia").opens_modal()
    options = form.body["blocks"][0]["element"]["options"]

    await counter.person("tia").submits({"article": options[0]["value"]})

    sent = await counter.told("bram", "van de helpdesk, over #1")
    assert "iPhone" in sent.text


async def test_a_closed_question_is_rated_with_one_press(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.resolves("tia", card, "profile", "remove the profile")
    solution = await counter.delivers("tia", card)
    await counter.presses("alice", solution, "Solved")
    closed = await counter.shows(solution, lambda one: "How was the help" in one.text)
    assert ["Good", "Not so good"] == labels(closed)

    await counter.presses("alice", closed, "Good")

    await counter.shows(solution, lambda one: "Thank you" in one.text)


async def test_the_asker_who_no_longer_needs_help_closes_it_and_can_open_it_again(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    status = await counter.told("alice", "#1 ·")

    await counter.presses("alice", status, "No longer needed")
    closed = await counter.shows(status, lambda one: labels(one) == ["Open again"])
    await counter.in_thread(card, "no longer needs help")
    await counter.presses("alice", closed, "Open again")

    await counter.shows(card, lambda one: "waits in tier 1" in one.text)


async def test_the_vendor_has_a_case_number_and_the_answer_brings_it_back(
    counter: Counter,
) -> None:
    first = await counter.asks("alice")
    await counter.claims("tia", first)
    second = await counter.escalates("tia", first, 2, learned="a")
    await counter.claims("tess", second)
    third = await counter.escalates("tess", second, 3, learned="b")
    await counter.claims("tara", third)

    await counter.fills_in("tara", third, "Hand to the vendor", case="TRACK-42")
    given = await counter.shows(third, lambda one: "case TRACK-42" in one.text)
    assert ["Answer came", "Reply to user"] == labels(given)
    await counter.presses("theo", third, "Answer came")

    back = await counter.shows(third, lambda one: "has it in tier 3" in one.text)
    assert counter.person("tara").mention in back.text


async def test_two_tickets_have_two_numbers(counter: Counter) -> None:
    await counter.asks("alice")
    await counter.asks("adam", "purple quux walrus?")

    assert [["#1"], ["#2"]] == [[one.text.split(" ")[0]] for one in counter.cards(1)]


async def test_the_ticket_carries_the_rollout_wave_of_the_asker(
    store_url: str, knowledge: Knowledge
) -> None:
    kickoff = datetime(2027, 7, 6, 12, tzinfo=UTC)
    async with open_workplace(store_url, knowledge, clock_start=kickoff) as workplace:
        counter = Counter(workplace)

        card = await counter.asks("alice")
        await counter.person("tia").commands("/signpost", "new <@U0ADAM> cannot sign in")
        by_phone = await workplace.posted_in("tier-1", "cannot sign in")

    assert "Rollout wave: kickoff-all" in card.text
    assert "Rollout wave: kickoff-all" in by_phone.text
