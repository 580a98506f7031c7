"""Solved tickets are found by their words."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from helpdesk.searching import SolvedTickets
from helpdesk.ticket import State, Ticket, Visibility, ticket_id
from knowledge.article import Language

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BASE = Ticket(
    id=ticket_id("T1", 1),
    team="T1",
    number=1,
    asker="U1",
    language=Language.EN,
    channel="",
    thread_ts="",
    visibility=Visibility.PRIVATE,
    words="",
    opened_at=NOW,
    changed_at=NOW,
    waiting_since=NOW,
    state=State.CLOSED,
)


def ticket(number: int, words: str, cause: str = "", solution: str = "", **more: object) -> Ticket:
    base = replace(BASE, id=ticket_id("T1", number), number=number)
    return replace(base, words=words, root_cause=cause, solution=solution, **more)  # type: ignore[arg-type]


@pytest.fixture
def archive() -> SolvedTickets:
    tickets = (
        ticket(1, "my zebra does not sync", "an expired certificate", "renew the certificate"),
        ticket(2, "the camera stays black", "a blocked driver", "install the driver again"),
        ticket(
            3,
            "mijn telefoon synchroniseert niet",
            "oud profiel",
            "verwijder het profiel",
            language=Language.NL,
        ),
        ticket(4, "相機無法使用", "驅動程式被封鎖", "重新安裝驅動程式", language=Language.ZH_HANT),
        ticket(
            5, "error 0x80180014 on screen", "no licence", "assign one", error_codes=("0x80180014",)
        ),
    )
    known = SolvedTickets()
    for one in tickets:
        known.add(one, 1)
    return known


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("zebra", 1),
        ("syncing zebras", 1),
        ("expired certificates", 1),
        ("cammera black", 2),
        ("profielen verwijderen", 3),
        ("相機", 4),
        ("驅動程式 封鎖", 4),
        ("0X80180014", 5),
    ],
)
def test_words_slips_stems_and_codes_find_their_ticket(
    archive: SolvedTickets, words: str, number: int
) -> None:
    found = archive.search(words, 10)

    assert ticket_id("T1", number) == found[0]


@pytest.mark.parametrize("words", ["", "???", "walrus umbrella", "zq"])
def test_words_that_stand_nowhere_find_nothing(archive: SolvedTickets, words: str) -> None:
    assert [] == archive.search(words, 10)


def test_no_more_are_found_than_asked_for(archive: SolvedTickets) -> None:
    for number in range(10, 20):
        archive.add(ticket(number, "the camera stays black"), 1)

    assert 5 == len(archive.search("camera", 5))
    assert 11 == len(archive.search("camera", 50))


def test_of_equally_good_ones_the_newest_comes_first() -> None:
    archive = SolvedTickets()
    for number in (1, 2, 3):
        archive.add(ticket(number, "the camera stays black"), 1)

    assert [ticket_id("T1", one) for one in (3, 2, 1)] == archive.search("camera", 3)


def test_a_ticket_solved_anew_is_found_by_its_new_words_only(archive: SolvedTickets) -> None:
    archive.add(ticket(1, "my zebra does not sync", "a full disk", "delete old files"), 2)

    assert [] == archive.search("certificate", 10)
    assert [ticket_id("T1", 1)] == archive.search("disk", 10)
    assert archive.has(ticket_id("T1", 1), 2)
    assert not archive.has(ticket_id("T1", 1), 1)
    assert 5 == len(archive)


def test_a_dropped_ticket_is_found_no_longer(archive: SolvedTickets) -> None:
    archive.drop(ticket_id("T1", 1))

    assert [] == archive.search("zebra", 10)
    assert 4 == len(archive)


def test_an_empty_archive_finds_nothing() -> None:
    assert [] == SolvedTickets().search("zebra", 10)
