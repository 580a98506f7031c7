"""Which messages are edited when somebody is forgotten, and which stay as they are."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from helpdesk.ticket import Event, Ticket, Visibility, What, ticket_id
from knowledge.article import Language
from knowledge.matching import Outcome
from knowledge.question import Place, Question, State, question_id
from knowledge.quoting import Wording
from storage.forgetting import Erased, Forgetting, forget
from storage.kinds import QUESTION
from storage.opening import open_store
from storage.outbox import (
    Call,
    Content,
    Edit,
    InChannel,
    ItemMessage,
    Lane,
    MessageAt,
    OutboxItem,
    Post,
    Posted,
    Withdraw,
)
from storage.personal import ticket_without
from storage.port import Commit, Put, Store

NOW = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
WORDS = "the purple walrus wobbles"
BUTTON = {"type": "actions", "elements": [{"type": "button", "text": {"text": "Solved"}}]}


def note(language: Language) -> str:
    return f"(erased {language})"


ALICE = Forgetting("T1", "UALICE", note, Language.EN)


def asked(team: str = "T1", user: str = "UALICE") -> Question:
    return Question(
        id=question_id(team, "D1", "17.5"),
        team=team,
        asker=user,
        place=Place.HOME,
        channel="D1",
        ts="17.5",
        thread_ts=None,
        text=WORDS,
        language=Language.SV,
        asked_at=NOW,
        state=State.ANSWERED,
        outcome=Outcome.ANSWER,
    )


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(f"tinydb:{tmp_path / 'store'}")
    await opened.commit(Commit(NOW, puts=(Put(QUESTION, asked()),)))
    yield opened
    await opened.close()


def quoting(words: str = WORDS) -> Content:
    return Content(f"> {words}", ({"type": "section", "text": {"text": words}}, BUTTON))


def item(key: str, call: Call) -> OutboxItem:
    return OutboxItem(key, "T1", "D1/17.5", call, NOW, f"question:{asked().id}")


async def sent(store: Store, *items: OutboxItem) -> None:
    """The items one by one, each landing somewhere."""
    for number, one in enumerate(items):
        await store.commit(Commit(NOW, outbox=(one,)))
        lease = (
            await store.lease_outbox(
                Lane.CONVERSATION, "sender", NOW, limit=1, lease_for=timedelta(minutes=1)
            )
        )[0]
        await store.finish_outbox(lease, Posted("D1", f"18.{number}"))


async def edits(store: Store) -> list[Call]:
    entries = await store.entries_about(f"question:{asked().id}")
    return [one.item.call for one in entries if ":erased:" in one.item.key]


async def test_what_quotes_the_person_is_edited_and_keeps_its_buttons(store: Store) -> None:
    await sent(store, item("answer", Post(InChannel("D1"), quoting())))

    erased = await forget(store, ALICE, NOW)

    assert Erased(changed=2, learned=0) == erased
    assert [Edit(ItemMessage("answer"), quoting(note(Language.SV)))] == await edits(store)


async def test_what_was_changed_since_says_its_last_words_without_the_persons(
    store: Store,
) -> None:
    await sent(
        store,
        item("answer", Post(InChannel("D1"), quoting())),
        item("answer:v2", Edit(MessageAt("D1", "18.0"), Content(f"> {WORDS}\nSolved."))),
    )

    await forget(store, ALICE, NOW)

    anew = Content(f"> {note(Language.SV)}\nSolved.")
    assert [Edit(ItemMessage("answer"), anew)] == await edits(store)


@pytest.mark.parametrize(
    "last",
    [Edit(ItemMessage("answer"), Content("Nothing of hers.")), Withdraw(ItemMessage("answer"))],
)
async def test_what_no_longer_quotes_or_is_withdrawn_is_not_touched(
    store: Store, last: Call
) -> None:
    await sent(store, item("answer", Post(InChannel("D1"), quoting())), item("answer:last", last))

    await forget(store, ALICE, NOW)

    assert [] == await edits(store)
    kept = await store.outbox_entry("answer")
    assert kept is not None
    assert WORDS not in repr(kept.item.call)


async def test_a_second_time_changes_nothing(store: Store) -> None:
    await sent(store, item("answer", Post(InChannel("D1"), quoting())))
    await forget(store, ALICE, NOW)

    again = await forget(store, ALICE, NOW)

    assert Erased(changed=0, learned=0) == again
    assert 1 == len(await edits(store))


async def test_a_namesake_in_another_workspace_keeps_the_words(store: Store) -> None:
    other = replace(asked("T2"), id=question_id("T2", "D1", "17.5"))
    await store.commit(Commit(NOW, puts=(Put(QUESTION, other),)))

    await forget(store, ALICE, NOW)

    kept = await store.get(QUESTION, other.id)
    assert kept is not None
    assert WORDS == kept.record.text


def test_a_root_cause_that_quotes_the_person_is_kept_nowhere_in_the_ticket() -> None:
    resolved = Event(What.RESOLVED, NOW, "UTARA", 3, to=f"She said: {WORDS}", text="Restart it.")
    ticket = Ticket(
        id=ticket_id("T1", 1),
        team="T1",
        number=1,
        asker="UALICE",
        language=Language.EN,
        channel="",
        thread_ts="",
        visibility=Visibility.PRIVATE,
        words=WORDS,
        opened_at=NOW,
        changed_at=NOW,
        waiting_since=NOW,
        root_cause=f"She said: {WORDS}",
        log=(resolved,),
    )

    kept = ticket_without(ticket, Wording((WORDS,)), note)

    assert "She said: (erased en)" == kept.log[0].to
    assert WORDS not in repr(kept)
