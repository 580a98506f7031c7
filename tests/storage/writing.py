"""A process that writes until it is killed: ``python -m tests.storage.writing URL START``.

It prints the number of each commit once that was acknowledged.
"""

import asyncio
import sys

from storage.opening import open_store
from storage.outbox import Posted
from storage.port import Commit, Put, Store
from storage.tinydb_store import TinyStore
from tests.storage.cast import NOON, NOTE, Note, lease, message

WRITERS = 4


def decision(number: int) -> Commit:
    """The commit of that number: a key, a record and a message, all or nothing."""
    name = f"{number:08}"
    note = Note(name, text="x" * (number % 700))
    return Commit(NOON, keys=(name,), puts=(Put(NOTE, note),), outbox=(message(name),))


async def write(store: Store, numbers: range) -> None:
    for number in numbers:
        await store.commit(decision(number))
        print(number, flush=True)  # noqa: T201
        if number % 16 == 0:
            for held in await lease(store, limit=5, owner=f"writer {numbers.start}"):
                await store.finish_outbox(held, Posted("C1", held.item.key))


async def rewrite(store: Store) -> None:
    """Let the journal be rewritten all the time, so that some kills meet it."""
    while isinstance(store, TinyStore):
        store.rewrite_soon()
        await asyncio.sleep(0.02)


async def main(url: str, start: int) -> None:
    store = await open_store(url)
    await asyncio.gather(
        rewrite(store),
        *(write(store, range(start + each, start + 10**7, WRITERS)) for each in range(WRITERS)),
    )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
