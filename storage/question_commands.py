"""The command line's part of the question log: gaps, and forgetting a person."""

import argparse
import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from knowledge.article import Language
from knowledge.gaps import Gap, gaps_of
from storage.errors import Conflict
from storage.forgetting import Erased, Forgetting, forget
from storage.opening import DEFAULT_URL, open_copy, open_store
from storage.port import Store
from storage.question_log import questions_since
from storage.retention import Note

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]

DAYS = 30
HOW = """
An article is a file, knowledge/faq/<language>/<id>.md, and its phrasings stand in its head.
In Slack, /signpost gaps has a button for both beside each gap; a second person publishes."""
MOST_TRIES = 20
"""When another replica changes what is being erased."""


def add_commands(commands: "Commands", now: datetime, note: Note) -> None:
    """Add ``gaps`` and ``forget``; each works on the store that ``STORE_URL`` names. ``note`` is
    what stands in the place of erased words."""
    gaps = commands.add_parser("gaps", help="list what the knowledge base could not answer")
    gaps.add_argument("--days", type=int, default=DAYS, help=f"how far to look back ({DAYS})")

    def show(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
        asyncio.run(_show_gaps(_url(environment), options.days, now))
        return 0

    gaps.set_defaults(command=show)
    forgetting = commands.add_parser("forget", help="erase what a person wrote; the counts stay")
    forgetting.add_argument("user", metavar="USER", help="their Slack id, such as U0123456789")

    def erase(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
        erased = asyncio.run(_forget(_url(environment), options.user, note, now))
        print(
            f"{erased} records and messages with words of {options.user} were erased."
            " What people see in Slack is edited while the bot runs."
        )
        return 0

    forgetting.set_defaults(command=erase)


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
    if gaps:
        print(HOW)


def _shown(gap: Gap) -> str:
    nearest = f"add as a phrasing of {gap.nearest}, or " if gap.nearest else ""
    counts = f"{gap.unanswered} unanswered, {gap.turned_down} turned down"
    examples = "\n".join(f"    {one!r}" for one in gap.examples)
    return f"\n{counts} [{gap.language}]: {nearest}write an article\n{examples}"


async def _forget(url: str, user: str, note: Note, now: datetime) -> int:
    store = await open_store(url)
    try:
        teams = await _teams_of(store, user)
        people = [Forgetting(team, user, note, Language.EN) for team in teams]
        return sum([(await _forget_in(store, whom, now)).changed for whom in people])
    finally:
        await store.close()


async def _forget_in(store: Store, whom: Forgetting, now: datetime) -> Erased:
    for _ in range(MOST_TRIES):
        try:
            return await forget(store, whom, now)
        except Conflict:
            continue
    return await forget(store, whom, now)


async def _teams_of(store: Store, user: str) -> list[str]:
    """The teams in which anything is kept of the person."""
    teams: dict[str, None] = {}
    async for row in store.export_rows():
        if row.table == "record" and user in repr(row.columns.get("body")):
            teams[str(row.columns["team"])] = None
    return list(teams)


def _url(environment: Mapping[str, str]) -> str:
    return environment.get("STORE_URL", "").strip() or DEFAULT_URL
