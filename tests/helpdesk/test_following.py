"""People beside the asker, and the asker's word on the help."""

from dataclasses import replace

import pytest

from helpdesk.errors import HelpdeskRefused
from helpdesk.following import MOST_OTHERS, follow, followers, named, say_word
from helpdesk.rules import LONGEST_TEXT
from helpdesk.ticket import Other, State
from knowledge.article import Language
from tests.helpdesk.test_searching import BASE, NOW

OPEN = replace(BASE, state=State.WAITING)
RATED = replace(BASE, rating="poor")


def test_who_speaks_up_is_named_once_and_does_not_follow() -> None:
    ticket = named(named(OPEN, "U2", Language.NL), "U2", Language.EN)

    assert (Other("U2", Language.NL),) == ticket.others
    assert () == followers(ticket)


def test_the_asker_is_not_named_beside_themselves() -> None:
    assert OPEN == named(OPEN, OPEN.asker, Language.EN)


def test_who_was_named_can_follow() -> None:
    change = follow(named(OPEN, "U2", Language.NL), "U2", Language.NL, NOW)

    assert ("U2",) == followers(change.ticket)
    assert 1 == len(change.ticket.others)
    assert ["U2"] == [event.who for event in change.events]


def test_following_twice_changes_nothing() -> None:
    once = follow(OPEN, "U2", Language.NL, NOW).ticket

    assert () == follow(once, "U2", Language.NL, NOW).events


def test_a_closed_ticket_is_followed_by_nobody() -> None:
    with pytest.raises(HelpdeskRefused, match="closed"):
        follow(BASE, "U2", Language.NL, NOW)


@pytest.mark.parametrize(("before", "after"), [(MOST_OTHERS - 1, MOST_OTHERS), (MOST_OTHERS,) * 2])
def test_no_more_people_are_kept_than_the_most(before: int, after: int) -> None:
    full = replace(OPEN, others=tuple(Other(f"U{one + 10}", Language.EN) for one in range(before)))

    assert after == len(named(full, "U2", Language.EN).others)
    assert after == len(follow(full, "U2", Language.EN, NOW).ticket.others)


def test_a_word_is_kept_once_the_help_was_rated() -> None:
    change = say_word(RATED, "U1", " too slow ", NOW)

    assert "too slow" == change.ticket.rating_word
    assert "" == "".join(event.text for event in change.events)


@pytest.mark.parametrize("word", ["", "   "])
def test_no_word_changes_nothing(word: str) -> None:
    assert () == say_word(RATED, "U1", word, NOW).events


@pytest.mark.parametrize(
    ("ticket", "user"), [(RATED, "U2"), (BASE, "U1"), (replace(OPEN, rating="good"), "U1")]
)
def test_only_the_asker_of_a_rated_ticket_has_a_word(ticket: object, user: str) -> None:
    with pytest.raises(HelpdeskRefused):
        say_word(ticket, user, "too slow", NOW)  # type: ignore[arg-type]


def test_a_word_longer_than_a_form_holds_is_refused() -> None:
    assert LONGEST_TEXT == len(say_word(RATED, "U1", "x" * LONGEST_TEXT, NOW).ticket.rating_word)
    with pytest.raises(HelpdeskRefused, match="too-long"):
        say_word(RATED, "U1", "x" * (LONGEST_TEXT + 1), NOW)
