"""What fails behind the scenes is noticed: by the admins, and by health."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from delivery.due import GIVEN_UP_FOR, MOST_ATTEMPTS, DueRunner
from delivery.health import STUCK_AFTER, Health
from delivery.sender import LEASE
from handlers.catalogue import Catalogue
from handlers.notices import Notices
from knowledge.article import Language
from storage.opening import open_store
from storage.outbox import (
    Content,
    DueCommand,
    InChannel,
    Lane,
    OutboxItem,
    OutboxLease,
    OutboxState,
    Post,
    UnderItem,
)
from storage.port import Commit, Store
from tests.conversations.conftest import store_url
from tests.delivery.outgoing import Outgoing, SetClock, post

__all__ = ["store_url"]

ADMINS = "C0ROLLOUTADMINS"
NOTICES = Notices(Catalogue(), Language.EN, "T1", ADMINS)


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    opened = await open_store(store_url)
    yield opened
    await opened.close()


async def fails(command: DueCommand, now: datetime) -> Commit:
    raise ValueError("of no use")


async def told(store: Store, clock: SetClock) -> list[str]:
    """What waits to be said to the admins."""
    leases = await store.lease_outbox(
        Lane.CONVERSATION, "reader", clock.now(), limit=10, lease_for=LEASE
    )
    posts = [lease.item.call for lease in leases]
    return [one.content.text for one in posts if isinstance(one, Post)]


async def runner(store: Store, clock: SetClock) -> DueRunner:
    command = DueCommand("remind:1", "T1", "remind", clock.now())
    await store.commit(Commit(at=clock.now(), due=(command,)))
    return DueRunner(store, clock, "decider", {"remind": fails}, NOTICES.due_given_up)


async def fail_again(due: DueRunner, clock: SetClock, times: int) -> int:
    """How often it was tried, a minute apart."""
    tried = 0
    for _ in range(times):
        tried += await due.run_once()
        clock.pass_by(timedelta(minutes=1))
    return tried


async def test_a_command_that_fails_for_a_while_is_nobodys_business(store: Store) -> None:
    clock = SetClock()
    due = await runner(store, clock)

    assert MOST_ATTEMPTS - 1 == await fail_again(due, clock, MOST_ATTEMPTS - 1)
    assert [] == await told(store, clock)


async def test_a_command_that_goes_on_failing_is_kept_and_the_admins_are_told_once(
    store: Store,
) -> None:
    clock = SetClock()
    due = await runner(store, clock)

    assert MOST_ATTEMPTS == await fail_again(due, clock, MOST_ATTEMPTS + 5)

    notices = await told(store, clock)
    assert 1 == len(notices)
    assert "(remind) has failed ten times with ValueError" in notices[0]
    assert "remind:1" in notices[0]
    assert await store.due_command("remind:1") is not None


async def test_a_command_that_was_given_up_is_tried_once_a_day(store: Store) -> None:
    clock = SetClock()
    due = await runner(store, clock)
    await fail_again(due, clock, MOST_ATTEMPTS)

    clock.pass_by(GIVEN_UP_FOR)

    assert 1 == await fail_again(due, clock, 5)


async def test_an_item_that_is_put_off_again_and_again_is_seen_as_stuck(store: Store) -> None:
    clock = SetClock(datetime.now(UTC).replace(microsecond=0))
    began = clock.now()
    item = OutboxItem("stuck", "T1", "g", Post(InChannel("C1"), Content("x")), began)
    await store.commit(Commit(at=began, outbox=(item,)))
    health = Health(store, clock, ())
    problems: list[list[str]] = []
    for _ in range(2):
        lease = (await store.lease_outbox(
            Lane.CONVERSATION, "sender", clock.now(), limit=1, lease_for=LEASE
        ))[0]  # fmt: skip
        later = clock.now() + STUCK_AFTER
        await store.retry_outbox(lease, later, "not_reached", doubtful=False)
        problems.append(await health.problems())
        clock.moment = later + timedelta(seconds=1)

    assert [] == problems[0]
    assert [f"outbox: an item has been due since {began.isoformat()}"] == problems[1]


async def test_the_admins_are_told_of_a_reply_whose_message_was_never_posted(
    outgoing: Outgoing,
) -> None:
    """The channel of the first is archived, so the one beneath it has no place either."""
    sender = outgoing.sender()
    await outgoing.put("above", post("above", "archived-project"))
    await sender.send(await outgoing.lease())
    beneath = Post(UnderItem("above"), Content("beneath"))
    await outgoing.put("beneath", beneath)
    leases = {one.item.key: one for one in await _all(outgoing)}

    await sender.send(leases["beneath"])

    entry = await outgoing.store.outbox_entry("beneath")
    assert entry is not None
    assert (OutboxState.DEAD, "never_posted") == (entry.state, entry.reason)
    day = datetime.now(UTC).date()
    notice = await outgoing.store.outbox_entry(
        f"notice:channel:C0ARCHIVEDPROJECT:never_posted:{day}"
    )
    assert notice is not None
    assert isinstance(notice.item.call, Post)
    assert "<#C0ARCHIVEDPROJECT>" in notice.item.call.content.text


async def test_a_reply_whose_message_was_never_posted_reaches_its_person(
    outgoing: Outgoing,
) -> None:
    sender = outgoing.sender()
    await outgoing.put("above", post("above", "archived-project"))
    await sender.send(await outgoing.lease())
    alice = outgoing.sandbox.person("alice")
    beneath = Post(UnderItem("above"), Content("beneath"), fallback_user=alice.id)
    await outgoing.put("beneath", beneath)
    leases = {one.item.key: one for one in await _all(outgoing)}

    await sender.send(leases["beneath"])

    assert 1 == outgoing.said_in(alice.direct_message, "beneath")


async def _all(outgoing: Outgoing) -> list[OutboxLease]:
    now = datetime.now(UTC)
    return await outgoing.store.lease_outbox(
        Lane.CONVERSATION, "sender", now, limit=10, lease_for=LEASE
    )
