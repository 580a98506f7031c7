"""What people do in the rollout: their dates, reminders, the survey, help; and what admins see."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from commandline.rollout import import_enrolled, report_csv, report_text
from knowledge.watching import Knowledge
from rollout.reading import load_plan
from sandbox.conversation import Message
from sandbox.people import Actor
from settings import read_settings
from storage.opening import open_copy
from tests.conversations.test_announcing import approves, domain_time, prepares
from tests.workplace import Workplace, labels, open_workplace

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
BEFORE = datetime(2027, 7, 19, 8, 0, tzinfo=UTC)
ENROLLS = datetime(2027, 7, 20, 7, 0, tzinfo=UTC)


@asynccontextmanager
async def rollout(
    store_url: str, knowledge: Knowledge, at: datetime = BEFORE
) -> AsyncIterator[Workplace]:
    """A workplace on the day before IT enrolls."""
    manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
    async with open_workplace(store_url, knowledge, clock_start=at, manifest=manifest) as workplace:
        await domain_time(workplace, at)
        yield workplace


async def announced(workplace: Workplace, planned: str, title: str, at: datetime) -> Message:
    """A message of the plan, prepared, approved and gone out; as the channel of IT sees it."""
    ada, axel = workplace.person("ada"), workplace.person("axel")
    card = await prepares(ada, workplace, planned, f"Announcement: {title}")
    await approves(axel, workplace, card)
    workplace.sandbox.core.clock.jump_to(at + timedelta(seconds=1))
    return await workplace.posted_in("it", title)


async def enrollment(workplace: Workplace) -> Message:
    return await announced(workplace, "enrollment-it", "IT: your account is ready", ENROLLS)


def to(workplace: Workplace, person: Actor, containing: str) -> list[Message]:
    """What the bot wrote to somebody directly."""
    messages = workplace.sandbox.messages_in(person.direct_message)
    return [one for one in messages if one.bot_id and containing in one.text]


async def commands(workplace: Workplace, name: str, text: str) -> str:
    """What a command answers."""
    actor = workplace.person(name)
    before = len(actor.ephemerals())
    await actor.commands("/signpost", text)
    await workplace.sandbox.until(lambda: len(actor.ephemerals()) > before)
    return actor.ephemerals()[-1].text


async def says_report(workplace: Workplace) -> str:
    """How it reads once the sizes of the groups were counted: what a slow Slack does not tell in
    time is there the next time."""
    await commands(workplace, "ada", "report")
    return await commands(workplace, "ada", "report")


# Another date ------------------------------------------------------------------------------------


async def test_linnea_asks_for_another_date_and_axel_approves_it(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge) as workplace:
        linnea, axel = workplace.person("linnea"), workplace.person("axel")
        asked = await linnea.direct_messages("can I change my enrollment date?")
        offer = await workplace.reply_to(asked)
        assert ["Ask for another date"] == labels(offer)

        await linnea.presses(offer, "Ask for another date")
        await linnea.opens_modal()
        await linnea.submits({"wanted": "2027-08-02", "reason": "on leave <!channel>"})
        card = await workplace.posted_in("rollout-admins", "asks for another date")
        await workplace.posted_in(linnea.direct_message, "Your request for 2 August 2027")
        await axel.presses(card, "Approve")

        await workplace.posted_in(linnea.direct_message, "Your new date is 2 August 2027")
        decided = await workplace.becomes(card, lambda shown: "Approved by" in shown.text)
        assert [] == labels(decided)
        assert "<!channel>" not in str(card.blocks) + card.text
        assert "IT" in card.text

        turn = await workplace.reply_to(await linnea.direct_messages("when is my turn?"))
        assert "Your own date is 2 August 2027" in turn.text


async def test_a_date_that_has_passed_is_refused_in_the_form_which_stays_open(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge) as workplace:
        linnea = workplace.person("linnea")
        offer = await workplace.reply_to(await linnea.direct_messages("reschedule my date"))
        await linnea.presses(offer, "Ask for another date")
        await linnea.opens_modal()

        refused = await linnea.submits({"wanted": "2027-07-19", "reason": "on leave"})

        assert "Choose a day that is still to come." == refused.errors["wanted"]
        assert 1 == len(linnea.modals)


async def test_only_other_admins_decide_and_only_once(store_url: str, knowledge: Knowledge) -> None:
    async with rollout(store_url, knowledge) as workplace:
        ada, axel = workplace.person("ada"), workplace.person("axel")
        offer = await workplace.reply_to(await ada.direct_messages("reschedule my date"))
        await ada.presses(offer, "Ask for another date")
        await ada.opens_modal()
        await ada.submits({"wanted": "2027-08-02", "reason": "on leave"})
        card = await workplace.posted_in("rollout-admins", "asks for another date")
        stale = workplace.sandbox.snapshot(card)

        await ada.presses(card, "Approve")
        own = await workplace.whisper_to(ada)
        await axel.presses(card, "Decline")
        await axel.opens_modal()
        await axel.submits({"answer": "everybody is needed then"})
        await workplace.posted_in(ada.direct_message, "everybody is needed then")
        await axel.presses(stale, "Approve")
        late = await workplace.whisper_to(axel)

        assert "Another admin must decide on your own request." == own.text
        assert late.text.startswith("This request was decided already")


# Help beneath an announcement --------------------------------------------------------------------


async def test_help_beneath_an_announcement_opens_a_ticket_with_the_wave(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge) as workplace:
        linnea = workplace.person("linnea")
        message = await enrollment(workplace)

        await linnea.presses(message, "I need help")
        await linnea.opens_modal()
        await linnea.submits({"words": "the Company Portal shows a white page"})

        card = await workplace.posted_in("tier-1", "white page")
        assert "Claim" in labels(card)
        await workplace.posted_in(linnea.direct_message, "#1")
        assert "enrollment-it" in await workplace.everything_stored()
        assert "asked for help: 1" in await says_report(workplace)


async def test_a_question_beneath_an_announcement_is_answered_and_counts_for_the_wave(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge) as workplace:
        linnea, tia = workplace.person("linnea"), workplace.person("tia")
        message = await enrollment(workplace)

        chatter = await tia.replies(message, "nice, thanks")
        await linnea.replies(message, "how do I enroll my iPhone?")
        found = await workplace.sandbox.until(
            lambda: [one for one in workplace.sandbox.replies(message) if one.bot_id],
            explain="the question is answered in the thread",
        )

        assert "Enroll an iPhone" in found[0].text
        assert 1 == len(found)
        assert chatter.thread_ts == message.ts
        assert "asked for help: 1" in await says_report(workplace)


# Reminders ---------------------------------------------------------------------------------------


async def test_who_has_not_enrolled_is_reminded_twice_at_most_and_in_their_working_hours(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge) as workplace:
        clock = workplace.sandbox.core.clock
        linnea, tom, tara = (workplace.person(name) for name in ("linnea", "tom", "tara"))
        message = await enrollment(workplace)
        await tom.presses(message, "I have enrolled")
        await workplace.whisper_to(tom)

        clock.jump_to(ENROLLS + timedelta(days=3, minutes=2))
        first = await workplace.posted_in(linnea.direct_message, "have not told me")
        assert ["How to enroll", "I have enrolled", "I need help", "No more reminders"] == labels(
            first
        )
        reminder = await workplace.posted_in(tara.direct_message, "have not told me")
        await tara.presses(reminder, "No more reminders")
        await workplace.posted_in(tara.direct_message, "I will not remind you of anything again")
        clock.jump_to(ENROLLS + timedelta(days=7, minutes=2))
        await workplace.posted_in(linnea.direct_message, "One last reminder")
        clock.jump_to(ENROLLS + timedelta(days=20))
        await workplace.sandbox.settled()

        assert 2 == len(to(workplace, linnea, "since"))
        assert 1 == len(to(workplace, tara, "since"))
        assert [] == to(workplace, tom, "since")


async def test_reminders_survive_a_restart_and_come_once(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge) as workplace:
        linnea = workplace.person("linnea")
        await enrollment(workplace)
        await workplace.stop_bot()
        workplace.sandbox.core.clock.jump_to(ENROLLS + timedelta(days=3, minutes=2))

        await workplace.start_bot()
        await workplace.posted_in(linnea.direct_message, "have not told me")
        await workplace.stop_bot()
        await workplace.start_bot()
        await workplace.reply_to(await linnea.direct_messages("hello"))

        assert 1 == len(to(workplace, linnea, "since"))


async def test_nobody_is_reminded_of_a_message_that_was_recalled(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge) as workplace:
        ada, linnea = workplace.person("ada"), workplace.person("linnea")
        await enrollment(workplace)
        workplace.sandbox.core.clock.advance(timedelta(seconds=30))
        card = await workplace.posted_in("rollout-admins", "Announcement: IT")
        card = await workplace.becomes(card, lambda shown: "Recall" in labels(shown))
        await ada.presses(card, "Recall")
        await ada.opens_modal()
        await ada.submits()
        await workplace.becomes(card, lambda shown: "Recalled" in shown.text)

        workplace.sandbox.core.clock.jump_to(ENROLLS + timedelta(days=4))
        await workplace.sandbox.settled()

        assert [] == to(workplace, linnea, "since")


# The survey --------------------------------------------------------------------------------------

POST = datetime(2027, 7, 27, 7, 0, tzinfo=UTC)
THANKS = "IT: thank you for enrolling"


async def test_those_who_enrolled_are_asked_how_it_went_and_nobody_else(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge) as workplace:
        clock = workplace.sandbox.core.clock
        linnea, tom = workplace.person("linnea"), workplace.person("tom")
        await linnea.presses(await enrollment(workplace), "I have enrolled")
        await workplace.whisper_to(linnea)
        clock.jump_to(POST - timedelta(days=1))
        await announced(workplace, "post-enrollment-it", THANKS, POST)

        clock.jump_to(POST + timedelta(hours=1, minutes=1))
        invitation = await workplace.posted_in(linnea.direct_message, "How did it go?")
        await answers(linnea, invitation, ease="4", words="smooth *really*")
        await answers(linnea, invitation, ease="5", words="smooth")
        clock.jump_to(POST + timedelta(days=14, minutes=1))
        await linnea.presses(invitation, "Answer three questions")
        await workplace.posted_in(linnea.direct_message, "This survey is closed")

        assert [] == to(workplace, tom, "How did it go?")
        stored = await workplace.everything_stored()
        assert "'changes': 1" in stored
        assert "really" not in stored


async def answers(person: Actor, invitation: Message, ease: str, words: str) -> None:
    await person.presses(invitation, "Answer three questions")
    await person.opens_modal()
    await person.submits(
        {"ease": ease, "messages": "3", "help": "0", "words": words, "quote": ["yes"]}
    )
    await person.closes_modal()


async def test_who_has_not_enrolled_is_asked_about_that_first(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge, POST - timedelta(days=1)) as workplace:
        tom = workplace.person("tom")
        message = await announced(workplace, "post-enrollment-it", THANKS, POST)

        await tom.presses(message, "Answer three questions")
        told = await workplace.whisper_to(tom)

        assert told.text.startswith("The questions are about enrolling.")
        assert ["I have enrolled"] == labels(told)
        assert [] == tom.modals


async def test_results_are_shown_from_five_answers_on_and_to_admins_alone(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge) as workplace:
        people = [workplace.person(name) for name in ("linnea", "tia", "tom", "tess", "ted")]
        message = await enrollment(workplace)
        for person in people:
            await person.presses(message, "I have enrolled")
            await workplace.whisper_to(person)
        workplace.sandbox.core.clock.jump_to(POST - timedelta(days=1))
        survey = await announced(workplace, "post-enrollment-it", THANKS, POST)
        for person in people[:4]:
            await answers(person, survey, ease="4", words=f"words of {person.name}")

        few = await commands(workplace, "ada", "survey")
        await answers(people[4], survey, ease="4", words="<!channel> go")
        enough = await commands(workplace, "ada", "survey")
        refused = await commands(workplace, "linnea", "survey")

        assert "IT: fewer than 5 answers" in few
        assert "words of" not in few
        assert "IT: 5 answers. Enrolling: 4.0, messages: 3.0, help: -" in enough
        assert "words of tia (may be quoted)" in enough
        assert "<!channel>" not in enough
        assert "Only members of the admin channel" in refused


# Figures -----------------------------------------------------------------------------------------


async def test_the_admins_see_figures_before_they_go_on(
    store_url: str, knowledge: Knowledge
) -> None:
    at = datetime(2027, 8, 14, 8, 0, tzinfo=UTC)
    async with rollout(store_url, knowledge, at) as workplace:
        ada, axel, tia = (workplace.person(name) for name in ("ada", "axel", "tia"))
        title = "Verkoop en Marketing"
        card = await prepares(
            ada, workplace, "enrollment-sales-and-marketing", "Announcement: Sales"
        )
        await approves(axel, workplace, card)
        question = await tia.direct_messages("hello")
        await workplace.reply_to(question)

        workplace.sandbox.core.clock.jump_to(datetime(2027, 8, 15, 7, 0, 1, tzinfo=UTC))
        asked = await workplace.posted_in("rollout-admins", "Go or hold?")

        assert "IT: 0 of 9 enrolled, the target is 9; asked for help: 0, silent: 9." in asked.text
        assert "Open tickets: 0" in asked.text
        assert "No known problem is reported." in asked.text
        assert ["Go", "Hold"] == labels(asked)
        assert title not in asked.text


async def test_the_list_of_devices_beats_the_presses(store_url: str, knowledge: Knowledge) -> None:
    async with rollout(store_url, knowledge) as workplace:
        linnea, tom = workplace.person("linnea"), workplace.person("tom")
        message = await enrollment(workplace)
        await linnea.presses(message, "I have enrolled")
        await workplace.whisper_to(linnea)
        await tom.presses(message, "I have enrolled")
        await workplace.whisper_to(tom)
        before = await says_report(workplace)
        await workplace.stop_bot()

        told = await imports(
            workplace,
            f"Primary user UPN;OS;Enrollment date\n{linnea.person.email};iOS;2027-07-20\n"
            f"{workplace.person('ted').person.email};Windows;2027-07-20\n"
            "stranger@elsewhere.example;iOS;\nnonsense;iOS;\n",
            "utf-16",
        )
        await workplace.start_bot()
        after = await says_report(workplace)

        assert "IT: 2 of 9, the target is 9; asked for help: 0, silent: 7" in before
        assert "Nobody has imported a list of devices yet" in before
        assert "devices.csv:5: error: address: 'nonsense' is not an address" in told
        assert "line 4: nobody in Slack has the address stranger@elsewhere.example" in told
        assert (
            "known here: 2. Of these new: 1, had said so themselves: 1, in no group of the plan: 0"
            in told
        )
        assert "IT: 2 of 9" in after
        assert "Not on the list of devices although they said so: 1" in after
        assert "2 people known here, 1 not." in after


async def imports(workplace: Workplace, text: str, encoding: str = "utf-8") -> str:
    settings = read_settings(workplace.environment)
    out = io.StringIO()
    now = workplace.sandbox.core.clock.now()
    await import_enrolled(text.encode(encoding), "devices.csv", settings, now, out)
    return out.getvalue()


async def test_beside_a_running_bot_nothing_is_lost_and_it_is_said_why(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge) as workplace:
        linnea = workplace.person("linnea")
        text = f"upn,os\n{linnea.person.email},iOS\n"

        told = await imports(workplace, text)
        stored = await workplace.everything_stored()

        if store_url.startswith("tinydb:"):
            assert (
                "Nothing was imported: stop the bot, import the list, start it; or upload" in told
            )
            assert "'source': 'list'" not in stored
        else:
            assert "known here: 1. Of these new: 1," in told
            assert "'source': 'list'" in stored


async def test_an_admin_uploads_the_list_beside_the_running_bot(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge) as workplace:
        ada, linnea = workplace.person("ada"), workplace.person("linnea")
        text = f"upn;os\n{linnea.person.email};iOS\nx@elsewhere.example;iOS\n<!channel>;iOS\n"
        file = await ada.uploads("devices.csv", text.encode("utf-16"))

        await ada.commands("/signpost", "enrolled")
        await ada.opens_modal()
        await ada.submits({"list": [workplace.sandbox.core.workspace.files[file]]})
        told = await workplace.posted_in("rollout-admins", "uploaded a list of devices")

        assert "People on it who are known here: 1, of them new: 1." in told.text
        assert "They stand in these lines of the file: 3" in told.text
        assert "list:4: error: address" in told.text
        assert "<!channel>" not in told.text
        assert "IT: 1 of 9" in await says_report(workplace)


async def test_a_file_that_is_no_list_changes_nothing_and_its_fault_is_named(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge) as workplace:
        ada = workplace.person("ada")
        file = await ada.uploads("devices.csv", b"Device name,OS\nLAPTOP,Windows\n")

        await ada.commands("/signpost", "enrolled")
        await ada.opens_modal()
        await ada.submits({"list": [workplace.sandbox.core.workspace.files[file]]})
        told = await workplace.posted_in("rollout-admins", "that I cannot use")

        assert "no column has the people's addresses" in told.text
        assert "Nobody has imported a list of devices yet" in await says_report(workplace)


async def test_only_admins_upload_lists(store_url: str, knowledge: Knowledge) -> None:
    async with rollout(store_url, knowledge) as workplace:
        refused = await commands(workplace, "alice", "enrolled")

        assert "Only members of the admin channel can do this." == refused
        assert [] == workplace.person("alice").modals


async def test_the_same_list_twice_changes_nothing(store_url: str, knowledge: Knowledge) -> None:
    async with rollout(store_url, knowledge) as workplace:
        email = workplace.person("linnea").person.email
        text = f"upn,os\n{email},iOS\n{email.upper()},Windows\n"
        await workplace.stop_bot()

        first = await imports(workplace, text)
        second = await imports(workplace, text)

        assert "2 devices. People who have one: 1; known here: 1. Of these new: 1," in first
        assert "known here: 1. Of these new: 0, had said so themselves: 0," in second


async def test_the_command_line_reports_as_text_and_as_csv(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge) as workplace:
        await workplace.person("linnea").presses(await enrollment(workplace), "I have enrolled")
        await workplace.whisper_to(workplace.person("linnea"))
        await says_report(workplace)
        await workplace.sandbox.settled()

        settings = read_settings(workplace.environment)
        assert settings.rollout_plan is not None
        plan = load_plan(settings.rollout_plan)
        copy = await open_copy(store_url)
        text = await report_text(copy, plan, settings.default_language)
        table = await report_csv(copy, plan, settings.default_language)
        await copy.close()

        assert "IT: 1 of 9, the target is 9" in text
        assert "it,IT,9,9,1,0,0,8,,,," in table
        assert "linnea" not in (text + table).casefold()
