"""Questions that are one are linked, and solved once."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from helpdesk import rules
from helpdesk.alike import MOST_OFFERED, alike, likeness_of
from helpdesk.errors import HelpdeskRefused
from helpdesk.rules import MOST_LINKED, Actor, Refusal
from helpdesk.ticket import Card, State, Ticket, Visibility, What, ticket_id
from helpdesk.timing import HelpdeskSettings, expected_by, next_step_at, next_word_at
from knowledge.article import Language

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TIA, TOM = Actor("tia", frozenset({1})), Actor("tom", frozenset({1}))
TARA = Actor("tara", frozenset({3}))


def ticket(number: int, **changes: object) -> Ticket:
    new = Ticket(
        id=ticket_id("T", number),
        team="T",
        number=number,
        asker=f"asker{number}",
        language=Language.EN,
        channel="D1",
        thread_ts="1.0",
        visibility=Visibility.PRIVATE,
        words="the portal stays white",
        opened_at=NOW,
        changed_at=NOW,
        waiting_since=NOW,
        cards=(Card(1, f"card:{number}", "C1"),),
    )
    return replace(new, **changes)  # type: ignore[arg-type]


def linked(number: int = 2, main: Ticket | None = None) -> Ticket:
    return rules.link(ticket(number), main or ticket(1), TIA, NOW)[0].ticket


def refusal_of(one: Ticket, main: Ticket, actor: Actor = TIA) -> Refusal | None:
    try:
        rules.link(one, main, actor, NOW)
    except HelpdeskRefused as no:
        return Refusal(no.reason)
    return None


def test_a_linked_ticket_waits_for_the_other_which_knows_it() -> None:
    tied, joined = rules.link(ticket(2), ticket(1), TIA, NOW)

    assert (State.LINKED, ticket_id("T", 1), 1) == (
        tied.ticket.state,
        tied.ticket.main,
        tied.ticket.main_number,
    )
    assert (2,) == joined.ticket.linked
    assert [What.LINKED, What.JOINED] == [tied.events[0].what, joined.events[0].what]


@pytest.mark.parametrize(
    ("one", "main", "actor", "expected"),
    [
        (ticket(2), ticket(1), TIA, None),
        (ticket(2), ticket(1), TARA, Refusal.NOT_YOUR_TIER),
        (ticket(2), ticket(1), Actor("gus", may_only_ask=True), Refusal.ONLY_ASK),
        (ticket(2, state=State.CLAIMED, holder="tia"), ticket(1), TIA, None),
        (ticket(2, state=State.CLAIMED, holder="tia"), ticket(1), TOM, Refusal.HELD),
        (ticket(2, state=State.RESOLVED), ticket(1), TIA, Refusal.RESOLVED),
        (ticket(2, linked=(3,)), ticket(1), TIA, Refusal.HAS_LINKED),
        (ticket(2), ticket(2), TIA, Refusal.NOT_TO_LINK),
        (ticket(2), ticket(1, state=State.CLOSED), TIA, Refusal.NOT_TO_LINK),
        (ticket(2), ticket(1, state=State.DELIVERED), TIA, Refusal.NOT_TO_LINK),
        (ticket(2), ticket(1, state=State.RESOLVED), TIA, None),
        (ticket(2), ticket(1, state=State.VENDOR), TIA, None),
        (ticket(2), linked(1, ticket(9)), TIA, Refusal.NOT_TO_LINK),
        (ticket(999), ticket(1, linked=tuple(range(2, MOST_LINKED + 1))), TIA, None),
        (
            ticket(999),
            ticket(1, linked=tuple(range(2, MOST_LINKED + 2))),
            TIA,
            Refusal.NOT_TO_LINK,
        ),
    ],
)
def test_who_may_link_what_to_what(
    one: Ticket, main: Ticket, actor: Actor, expected: Refusal | None
) -> None:
    assert expected == refusal_of(one, main, actor)


def test_unlinked_it_waits_again_by_itself() -> None:
    free = rules.unlink(linked(), TOM, NOW).ticket

    assert (State.WAITING, "", "") == (free.state, free.main, free.holder)


def test_only_its_tier_unlinks() -> None:
    with pytest.raises(HelpdeskRefused) as refused:
        rules.unlink(linked(), TARA, NOW)

    assert Refusal.NOT_YOUR_TIER == refused.value.reason


def test_it_gets_the_solution_of_the_other_and_its_own_word_counts() -> None:
    main = ticket(1, root_cause="c", solution="s", resolved_by="tara", resolved_tier=3)

    brought = rules.deliver_with(linked(main=main), main, TIA, "so do this", "key", NOW).ticket

    assert (State.DELIVERED, "so do this") == (brought.state, brought.delivered)
    assert ("c", "s", "tara", 3) == (
        brought.root_cause,
        brought.solution,
        brought.resolved_by,
        brought.resolved_tier,
    )
    assert State.CLOSED is rules.confirm(brought, "asker2", NOW).ticket.state


def test_not_solved_it_leaves_the_group_for_the_tier_that_resolved() -> None:
    main = ticket(1, root_cause="c", solution="s", resolved_by="tara", resolved_tier=3)
    brought = rules.deliver_with(linked(main=main), main, TIA, "s", "key", NOW).ticket

    back = rules.reject(brought, "asker2", NOW).ticket

    assert (State.WAITING, 3, "") == (back.state, back.tier, back.main)


def test_another_tickets_solution_is_not_for_it() -> None:
    with pytest.raises(HelpdeskRefused) as refused:
        rules.deliver_with(linked(), ticket(8), TIA, "s", "key", NOW)

    assert Refusal.GROUP_CHANGED == refused.value.reason


def test_withdrawn_it_is_no_longer_of_the_group() -> None:
    gone = rules.withdraw(linked(), "asker2", NOW).ticket

    assert (State.CLOSED, "") == (gone.state, gone.main)


def test_set_free_only_what_is_still_linked() -> None:
    assert State.WAITING is rules.set_free(linked(), NOW).ticket.state
    assert () == rules.set_free(ticket(2), NOW).events


def test_no_timer_runs_for_it_but_its_asker_is_not_left_without_a_word() -> None:
    settings = HelpdeskSettings()

    assert next_step_at(linked(), settings) is None
    assert expected_by(linked(), settings) is None
    assert next_word_at(linked(), settings) is not None


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        (
            {"words": "x", "error_codes": ("0x80180014",)},
            {"words": "y", "error_codes": ("80180014",)},
            True,
        ),
        (
            {"words": "x", "error_codes": ("0x80180014",)},
            {"words": "y", "error_codes": ("0x80180018",)},
            False,
        ),
        ({"words": "the portal stays white"}, {"words": "portal stays white"}, True),
        ({"words": "the portal stays white"}, {"words": "my mail does not come"}, False),
        (
            {"words": "the portal stays white"},
            {"words": "the portal stays white", "language": Language.NL},
            False,
        ),
        ({"words": "公司入口網站一片空白"}, {"words": "公司入口網站空白"}, True),
        ({"words": "x y z", "topic": "wifi-vpn"}, {"words": "a b", "topic": "wifi-vpn"}, True),
        (
            {"words": "x y z", "topic": "wifi-vpn"},
            {"words": "a b", "topic": "wifi-vpn", "language": Language.SV},
            True,
        ),
        ({"words": "x y z", "topic": ""}, {"words": "a b", "topic": ""}, False),
    ],
)
def test_what_is_alike(one: dict[str, object], other: dict[str, object], is_alike: bool) -> None:
    assert is_alike == (likeness_of(ticket(1, **one), ticket(2, **other)) > 0)


def test_the_likeliest_come_first_and_never_more_than_a_few() -> None:
    new = ticket(9, error_codes=("0x80180014",), topic="t")
    by_topic = ticket(1, words="nothing in common here", topic="t")
    by_code = ticket(2, words="quite different", error_codes=("0x80180014",))
    others = [by_topic, by_code, *(ticket(number) for number in range(3, 9))]

    offered = [one.ticket.number for one in alike(new, others)]

    assert 2 == offered[0]
    assert MOST_OFFERED == len(offered)


def test_what_is_linked_stands_for_the_one_it_is_linked_to() -> None:
    main = ticket(1, words="something else", linked=(2,))

    offered = [one.ticket.number for one in alike(ticket(3), [main, linked(2, main), ticket(3)])]

    assert [1] == offered


@pytest.mark.parametrize("state", [State.CLOSED, State.DELIVERED])
def test_what_has_its_solution_is_not_offered(state: State) -> None:
    assert () == alike(ticket(2), [ticket(1, state=state)])


def test_the_ticket_of_a_group_is_offered_nothing() -> None:
    assert () == alike(ticket(2, linked=(5,)), [ticket(1)])
    assert 1 == len(alike(ticket(2), [ticket(1)]))
