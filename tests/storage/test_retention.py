"""Words go after their time, counts stay."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from helpdesk import rules
from helpdesk.ticket import (
    Event,
    Failed,
    Finding,
    Findings,
    Holder,
    Ticket,
    Visibility,
    What,
    ticket_id,
)
from helpdesk.ticket import State as Ticketed
from knowledge.article import Language
from knowledge.matching import Outcome
from knowledge.preference import Preference, preference_id
from knowledge.question import Place, Question, State, question_id
from storage.failed import FailedPayload
from storage.forgetting import Erased, Forgetting, forget
from storage.kinds import FAILED_PAYLOAD, PREFERENCE, QUESTION, TICKET
from storage.opening import open_store
from storage.port import Commit, Put
from storage.question_commands import add_commands
from storage.question_log import questions_since
from storage.retention import Retention, expired, nothing_left, ticket_as_counted

NOW = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
KEEP = Retention(question_days=30, ticket_days=60, failed_payload_days=7)


def asked(user: str, days_ago: int, place: Place = Place.DIRECT) -> Question:
    at = NOW - timedelta(days=days_ago)
    ts = f"{at.timestamp():.6f}"
    return Question(
        id=question_id("T1", f"D{user}", ts),
        team="T1",
        asker=user,
        place=place,
        channel=f"D{user}",
        ts=ts,
        thread_ts=None,
        text=f"words of {user}",
        language=Language.EN,
        asked_at=at,
        state=State.ANSWERED,
        outcome=Outcome.ANSWER,
        shown="enroll-ios",
    )


def failed(user: str, days_ago: int) -> FailedPayload:
    body = {"event": {"user": user, "text": "hello"}}
    at = NOW - timedelta(days=days_ago)
    return FailedPayload(f"{user}{days_ago}", "T1", at, "ValueError", body)


def note(language: Language) -> str:
    return f"(erased {language})"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"tinydb:{tmp_path / 'store'}"


@pytest.fixture(params=["tinydb", "postgresql"])
def any_url(request: pytest.FixtureRequest, url: str) -> str:
    return url if request.param == "tinydb" else str(request.getfixturevalue("postgresql_url"))


async def test_words_older_than_the_limit_go_and_the_outcome_stays(url: str) -> None:
    store = await open_store(url)
    old, young = asked("U1", 31), asked("U1", 29)
    await store.commit(Commit(NOW, puts=(Put(QUESTION, old), Put(QUESTION, young))))

    await store.commit(await expired(store, "T1", KEEP, NOW, note))

    kept = await store.get(QUESTION, old.id)
    assert kept is not None
    assert replace(old, text="") == kept.record
    fresh = await store.get(QUESTION, young.id)
    assert fresh is not None
    assert "words of U1" == fresh.record.text
    assert nothing_left(await expired(store, "T1", KEEP, NOW, note))
    await store.close()


def closed(number: int, days_ago: float, state: Ticketed = Ticketed.CLOSED) -> Ticket:
    """A ticket that went to tier 2 and came back solved."""
    at = NOW - timedelta(days=days_ago)
    return Ticket(
        id=ticket_id("T1", number),
        team="T1",
        number=number,
        asker="U1",
        language=Language.NL,
        channel="DU1",
        thread_ts="1.0",
        visibility=Visibility.PRIVATE,
        words="secret words",
        opened_at=at,
        changed_at=at,
        waiting_since=at,
        tried="secret try",
        state=state,
        holders=(Holder(1, "U9", at),),
        findings=(Finding(1, "U9", at, Findings("secret finding", device="secret device")),),
        failed=(Failed("secret failed cause", "secret failed solution", "U8", 2, at),),
        root_cause="secret cause",
        solution="secret solution",
        delivered="secret delivery",
        vendor_case="secret case",
        rating="good",
        rating_word="secret word",
        closed_at=None if state is not Ticketed.CLOSED else at,
        log=(
            Event(What.ESCALATED, at, "U9", 1, "2", "secret log"),
            Event(What.RESOLVED, at, "U8", 2, "secret cause", "secret solution"),
        ),
    )


async def test_the_texts_of_a_ticket_closed_before_the_limit_go_and_its_way_stays(
    any_url: str,
) -> None:
    store = await open_store(any_url)
    old, older = closed(1, 60.01), closed(2, 900)
    young, still_open = closed(3, 59.99), closed(4, 900, Ticketed.WAITING)
    tickets = (old, older, young, still_open)
    await store.commit(Commit(NOW, puts=tuple(Put(TICKET, one) for one in tickets)))

    await store.commit(await expired(store, "T1", KEEP, NOW, note))

    kept = [await store.get(TICKET, one.id) for one in tickets]
    emptied = [one.record for one in kept if one and "secret" not in repr(one.record)]
    assert [1, 2] == [one.number for one in emptied]
    assert "(erased nl)" == emptied[0].words
    assert old.holders == emptied[0].holders
    assert ["2", ""] == [one.to for one in emptied[0].log]
    assert "good" == emptied[0].rating
    assert [young, still_open] == [one.record for one in kept[2:] if one]
    assert nothing_left(await expired(store, "T1", KEEP, NOW, note))
    solved = await store.find(TICKET, "solved", "T1", limit=9)
    assert [3, 4] == [one.record.number for one in solved]
    await store.close()


def test_a_ticket_opened_again_is_emptied_again_after_its_time() -> None:
    emptied = ticket_as_counted(closed(1, 900), "gone")

    again = rules.reopen(emptied, "U1", NOW).ticket

    assert not again.emptied
    assert "gone" == again.words


async def test_failed_payloads_go_after_their_own_limit(url: str) -> None:
    store = await open_store(url)
    puts = (Put(FAILED_PAYLOAD, failed("U1", 8)), Put(FAILED_PAYLOAD, failed("U1", 6)))
    await store.commit(Commit(NOW, puts=puts))

    await store.commit(await expired(store, "T1", KEEP, NOW, note))

    assert await store.get(FAILED_PAYLOAD, "U18") is None
    assert await store.get(FAILED_PAYLOAD, "U16") is not None
    await store.close()


async def test_forgetting_a_person_leaves_their_counts_and_everybody_elses_words(url: str) -> None:
    store = await open_store(url)
    mine, quoted, other = asked("U1", 3), asked("U1", 2, Place.HOME), asked("U2", 3)
    preference = Preference(preference_id("T1", "U1"), "T1", "U1", Language.NL)
    puts = [Put(QUESTION, one) for one in (mine, quoted, other)]
    puts += [Put(PREFERENCE, preference), Put(FAILED_PAYLOAD, failed("U1", 1))]
    await store.commit(Commit(NOW, puts=tuple(puts)))

    erased = await forget(store, Forgetting("T1", "U1", note, Language.EN), NOW)

    assert Erased(changed=4, learned=0) == erased
    log = [one async for one in questions_since(store, NOW, 5)]
    assert ["", "", "words of U2"] == sorted(one.text for one in log)
    assert await store.get(PREFERENCE, preference.id) is None
    assert await store.get(FAILED_PAYLOAD, "U11") is None
    assert Erased(0, 0) == await forget(store, Forgetting("T1", "U1", note, Language.EN), NOW)
    await store.close()


async def test_the_log_is_read_by_days_with_both_ends(url: str) -> None:
    store = await open_store(url)
    questions = [asked("U1", days) for days in (0, 5, 6)]
    await store.commit(Commit(NOW, puts=tuple(Put(QUESTION, one) for one in questions)))

    days = [one.asked_at async for one in questions_since(store, NOW, 5, "T1")]

    assert [NOW - timedelta(days=5), NOW] == days
    assert [] == [one async for one in questions_since(store, NOW, 5, "T2")]
    await store.close()


def test_the_command_line_lists_gaps_and_forgets(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    import argparse
    import asyncio

    async def prepared() -> None:
        store = await open_store(url)
        gap = replace(asked("U1", 1), state=State.UNMATCHED, shown=None, ranked=("enroll-ios",))
        await store.commit(Commit(NOW, puts=(Put(QUESTION, gap),)))
        await store.close()

    asyncio.run(prepared())
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers(), NOW, note)

    for line, expected in (
        (["gaps"], "1 unanswered, 0 turned down [en]: add as a phrasing of enroll-ios"),
        (["forget", "U1"], "1 records and messages with words of U1 were erased"),
        (["gaps"], "1 questions in 30 days, 0 gaps"),
    ):
        options = parser.parse_args(line)
        assert 0 == options.command(options, {"STORE_URL": url})
        assert expected in capsys.readouterr().out


def test_records_of_before_a_field_was_known_still_load() -> None:
    question, ticket = QUESTION.to_json(asked("U1", 1)), TICKET.to_json(closed(1, 1))
    del question["files"], ticket["failed"]

    assert () == QUESTION.from_json(question).files
    assert () == TICKET.from_json(ticket).failed
