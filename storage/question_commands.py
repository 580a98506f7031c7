"""The command line's part of the question log: gaps, and forgetting a person."""

import argparse
import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from knowledge.gaps import Gap, gaps_of
from storage.opening import DEFAULT_URL, open_copy, open_store
from storage.port import Store
from storage.question_log import questions_since
from storage.retention import forgotten, nothing_left

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]

DAYS = 30


def add_commands(commands: "Commands", now: datetime) -> None:
    """Add ``gaps`` and ``forget``; each works on the store that ``STORE_URL`` names."""
    gaps = commands.add_parser("gaps", help="list what the knowledge base could not answer")
    gaps.add_argument("--days", type=int, default=DAYS, help=f"how far to look back ({DAYS})")

    def show(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
        asyncio.run(_show_gaps(_url(environment), options.days, now))
        return 0

    gaps.set_defaults(command=show)
    forget = commands.add_parser("forget", help="erase what a person wrote; the counts stay")
    forget.add_argument("user", metavar="USER", help="the person's Slack id, such as U0123456789")

    def erase(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
        erased = asyncio.run(_forget(_url(environment), options.user, now))
        print(f"{erased} records of {options.user} were erased; posted copies go at the next run.")
        return 0

    forget.set_defaults(command=erase)


async def _show_gaps(url: str, days: int, now: datetime) -> None:
    store = await open_copy(url)
    try:
        asked = [one async for one in questions_since(store, now, days)]
    finally:
        await store.close()
    gaps = gaps_of(asked)
    print(f"{len(asked)} questions in {days} days, {len(gaps)} gaps.")
    for gap in gaps:
        print(_shown(gap))


def _shown(gap: Gap) -> str:
    nearest = f"add as a phrasing of {gap.nearest}, or " if gap.nearest else ""
    counts = f"{gap.unanswered} unanswered, {gap.turned_down} turned down"
    examples = "\n".join(f"    {one!r}" for one in gap.examples)
    return f"\n{counts} [{gap.language}]: {nearest}write an article\n{examples}"


async def _forget(url: str, user: str, now: datetime) -> int:
    store = await open_store(url)
    try:
        erased = 0
        for team in await _teams_of(store, user):
            while not nothing_left(commit := await forgotten(store, team, user, now)):
                await store.commit(commit)
                erased += len(commit.puts) + len(commit.deletes)
        return erased
    finally:
        await store.close()


async def _teams_of(store: Store, user: str) -> list[str]:
    """The teams in which anything is kept of the person."""
    teams: dict[str, None] = {}
    async for row in store.export_rows():
        if row.table == "record" and user in repr(row.columns.get("body")):
            teams[str(row.columns["team"])] = None
    return list(teams)


def _url(environment: Mapping[str, str]) -> str:
    return environment.get("STORE_URL", "").strip() or DEFAULT_URL
