"""A search that comes before all old tickets are read answers with what is known, and says so."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from handlers import ticket_search
from handlers.ticket_search import READ_AT_ONCE, SolvedArchive
from helpdesk.ticket import State, ticket_id
from storage.kinds import TICKET
from storage.opening import open_store
from storage.port import Commit, Put
from tests.helpdesk.test_rules import NOW, ticket


async def test_a_search_answers_with_what_is_read_so_far_and_the_next_with_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await open_store(f"tinydb:{tmp_path / 'store'}")
    many = READ_AT_ONCE + 3
    solved = [
        ticket(
            id=ticket_id("T", number),
            number=number,
            state=State.CLOSED,
            solution="remove the old profile",
        )
        for number in range(1, many + 1)
    ]
    await store.commit(Commit(NOW, puts=tuple(Put(TICKET, one) for one in solved)))
    find, stands = store.find, asyncio.Event()

    async def stuck(*args: Any, **options: Any) -> Any:
        if options.get("after"):
            await stands.wait()
        return await find(*args, **options)

    monkeypatch.setattr(store, "find", stuck)
    monkeypatch.setattr(ticket_search, "READ_WITHIN", 0.05)
    archive = SolvedArchive(store)

    some, complete = await archive.found("T", "profile", NOW)
    stands.set()
    monkeypatch.setattr(ticket_search, "READ_WITHIN", 60)
    everything, done = await archive.found("T", "profile", NOW)

    assert (READ_AT_ONCE, False) == (len(some), complete)
    assert (many, True) == (len(everything), done)
    await store.close()
