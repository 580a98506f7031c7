"""What somebody wrote is erased everywhere at their word: in the store, and in what people see."""

import asyncio
from pathlib import Path

import pytest

from handlers.forgetting import note_in
from knowledge.article import Language
from knowledge.matching import Outcome, Query
from knowledge.watching import Knowledge
from sandbox.conversation import Message
from storage.forgetting import Forgetting, forget
from storage.kinds import QUESTION, TICKET, person_key
from storage.opening import open_copy, open_store
from storage.outbox import Content, DueCommand, OutboxItem, Post, ToPerson
from storage.port import Commit
from tests.conversations.counter import Counter
from tests.workplace import Workplace, eventually, open_workplace

ROOT = Path(__file__).parents[2]
WALRUS = "my purple walrus wobbles quux"
"""Said by alice in every place."""
CAPITAL = "what is the capital of Australia?"
ERASED = "(erased at the person's request)"


async def forgets(workplace: Workplace, name: str) -> None:
    person = workplace.person(name)
    seen = len(person.ephemerals())
    await person.commands("/signpost", "forget", channel="general")
    await workplace.sandbox.until(lambda: len(person.ephemerals()) > seen)
    await person.presses(person.ephemerals()[-1], "Erase what I wrote")
    await workplace.sandbox.until(lambda: "Done" in person.ephemerals()[-1].text)
    await workplace.sandbox.settled()


def said_by_the_bot(workplace: Workplace) -> str:
    """Everything that the bot's messages in the workspace say now."""
    return "\n".join(
        f"{message.text} {message.blocks}"
        for channel in workplace.sandbox.workspace.channels.values()
        for message in channel.messages()
        if message.bot_id
    )


def files_of(folder: Path) -> str:
    """What the files of a TinyDB store hold."""
    return "".join(one.read_bytes().decode(errors="replace") for one in folder.iterdir())


async def asked_everywhere(workplace: Workplace) -> Message:
    """Alice says it in a channel, in private, in the form, to the helpdesk and beneath its
    messages; the helpdesk quotes her. Gives the card of tier 1."""
    counter = Counter(workplace)
    alice, tia = workplace.person("alice"), workplace.person("tia")
    await workplace.reply_to(await alice.says("ask-it", f"{WALRUS} in the channel?"))
    await alice.commands("/signpost", f"{WALRUS} privately?", channel="general")
    await alice.opens_home()
    await workplace.sandbox.until(lambda: alice.home)
    home = alice.home
    assert home is not None
    await alice.presses(home, "Ask a question")
    await alice.opens_modal()
    await alice.submits({"question": f"{WALRUS} in the form?"})
    card = await counter.asks("alice", f"{WALRUS} for the helpdesk?", tried=f"{WALRUS} tried")
    await counter.claims("tia", card)
    status = await counter.told("alice", "#1 ·")
    reply = await alice.replies(status, f"{WALRUS} beneath the status")
    await counter.in_thread(card, "beneath the status")
    await alice.edits(reply, f"{WALRUS} beneath the status, edited")
    await counter.in_thread(card, "edited")
    findings = {"learned": f"She says {WALRUS}.", "checked": "the cable"}
    await counter.escalates("tia", card, 2, **findings)
    await tia.commands("/signpost", "gaps")
    await workplace.sandbox.until(lambda: any(WALRUS in one.text for one in tia.ephemerals()))
    await alice.commands("/signpost", "my data", channel="general")
    await counter.told("alice", "Requests of yours at the helpdesk that I keep: 1")
    await workplace.sandbox.settled()
    return card


async def test_what_was_said_in_every_place_is_found_nowhere_afterwards(
    workplace: Workplace,
) -> None:
    card = await asked_everywhere(workplace)
    assert WALRUS in said_by_the_bot(workplace)

    await forgets(workplace, "alice")
    await workplace.sandbox.until(lambda: WALRUS not in said_by_the_bot(workplace))

    assert WALRUS not in await workplace.everything_stored()
    shown = Counter(workplace).now(card)
    assert ERASED in shown.text
    home = workplace.person("alice").home
    assert home is not None
    assert WALRUS not in str(home.body)


async def test_counts_and_what_the_helpdesk_found_by_itself_stay(workplace: Workplace) -> None:
    await asked_everywhere(workplace)

    await forgets(workplace, "alice")

    store = await open_copy(workplace.environment["STORE_URL"])
    alice = workplace.person("alice")
    mine = person_key(workplace.sandbox.workspace.team_id, alice.id)
    questions = await store.find(QUESTION, "asker", mine)
    ticket = (await store.find(TICKET, "asker", mine))[0].record
    await store.close()
    assert 4 == len(questions)
    assert {""} == {one.record.text for one in questions}
    assert 1 == len(ticket.findings)
    assert "the cable" == ticket.findings[0].findings.checked
    assert f"She says {ERASED}" == ticket.findings[0].findings.learned
    assert ticket.open


async def test_the_helpdesk_can_go_on_with_a_ticket_whose_words_are_gone(
    workplace: Workplace,
) -> None:
    counter = Counter(workplace)
    card = await counter.asks("alice", f"{WALRUS}?")
    await forgets(workplace, "alice")
    await counter.shows(card, lambda one: ERASED in one.text)

    await counter.claims("tia", card)
    await counter.resolves("tia", card, "a cable", "plug it in")
    solution = await counter.delivers("tia", card)

    assert "plug it in" in solution.text


async def test_what_others_wrote_stays(workplace: Workplace) -> None:
    counter = Counter(workplace)
    adam = workplace.person("adam")
    await workplace.reply_to(await workplace.person("alice").says("ask-it", f"{WALRUS}?"))
    await workplace.reply_to(await adam.says("ask-it", f"{WALRUS}?"))
    card = await counter.asks("adam", f"{WALRUS} too")

    await forgets(workplace, "alice")

    assert WALRUS in counter.now(card).text
    assert WALRUS in await workplace.everything_stored()


async def test_what_was_learned_from_the_words_is_unlearned(store_url: str) -> None:
    # Articles of its own: what is learned here must not be known to other tests.
    taught = Knowledge(ROOT / "knowledge" / "faq", ROOT / "sandbox" / "company.yaml")
    async with open_workplace(store_url, taught) as workplace:
        alice, tia, ada = (workplace.person(name) for name in ("alice", "tia", "ada"))
        asked = Query(CAPITAL)
        await workplace.reply_to(await alice.says("ask-it", CAPITAL))
        await tia.commands("/signpost", "gaps")
        await tia.presses(await workplace.whisper_to(tia), "Add as a phrasing")
        card = await workplace.posted_in("rollout-admins", "capital of Australia")
        await ada.presses(card, "Publish")
        await workplace.becomes(card, lambda one: "published" in one.text)

        await forgets(workplace, "alice")
        await workplace.becomes(card, lambda one: "capital of Australia" not in one.text)

        assert "capital of Australia" not in await workplace.everything_stored()
        # Loading all articles takes seconds, and on a busy machine a minute.
        await eventually(lambda: Outcome.NONE is taught.current.matcher.match(asked).outcome, 120)


async def test_what_waits_to_be_sent_goes_out_without_the_words(store_url: str) -> None:
    async with open_workplace(store_url, None) as workplace:
        alice = workplace.person("alice")
        team = workplace.sandbox.workspace.team_id
        await workplace.reply_to(await alice.direct_messages(f"{WALRUS}?"))
        await workplace.stop_bot()
        store = await open_store(workplace.environment["STORE_URL"])
        now = workplace.sandbox.core.clock.now()
        given = Post(ToPerson(alice.id), Content(f"You wrote: {WALRUS}?"))
        item = OutboxItem("given", team, "direct", given, now, f"person:{alice.id}")
        await store.commit(Commit(at=now, outbox=(item,)))

        await forget(store, Forgetting(team, alice.id, note_in, Language.EN), now)
        await store.close()
        await workplace.start_bot()

        sent = await workplace.posted_in(alice.direct_message, "You wrote")
        assert f"You wrote: {ERASED}" == sent.text


@pytest.mark.parametrize("store_url", ["tinydb"], indirect=True)
async def test_not_even_the_journal_remembers(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    await workplace.reply_to(await alice.direct_messages(f"{WALRUS}?"))
    folder = Path(workplace.environment["STORE_URL"].removeprefix("tinydb:"))
    assert WALRUS in files_of(folder)

    await forgets(workplace, "alice")

    assert WALRUS not in files_of(folder)


async def test_a_process_that_ends_halfway_is_continued_by_the_next(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    await workplace.reply_to(await alice.direct_messages(f"{WALRUS}?"))
    await workplace.stop_bot()
    store = await open_store(workplace.environment["STORE_URL"])
    now, team = workplace.sandbox.core.clock.now(), workplace.sandbox.workspace.team_id
    arguments = {"user": alice.id, "language": "en", "response_url": "", "press": "1"}
    waiting = DueCommand(f"forget:{team}/{alice.id}", team, "forget", now, "", arguments)
    await store.commit(Commit(at=now, due=(waiting,)))
    await store.close()

    await workplace.start_bot()

    async with asyncio.timeout(20):
        while WALRUS in await workplace.everything_stored():  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    assert "words-erased" not in await workplace.everything_stored()
