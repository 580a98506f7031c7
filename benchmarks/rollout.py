"""The figures of a rollout of 100,000 people.

``python -m benchmarks.rollout [--quick]`` prints a Markdown table: 100,000 who enrolled, as many
answers to the survey and a fifth as many who asked for help, in the groups of the sample plan; the
median of several reports on each engine, in a process that runs, and of the command line's, which
reads the store first.
"""

import argparse
import asyncio
import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from commandline.rollout import report_csv
from handlers.catalogue import Catalogue
from handlers.progress import plan_progress, report_lines
from knowledge.article import Language
from rollout.enrolled import (
    AskedForHelp,
    Enrolled,
    GroupSize,
    ImportedList,
    Source,
    asked_id,
    enrolled_id,
    size_id,
)
from rollout.plan import Plan
from rollout.reading import load_plan
from rollout.survey import SurveyQuestion, SurveyResponse, response_id
from storage.kinds import ASKED_FOR_HELP, ENROLLED, GROUP_SIZE, IMPORTED_LIST, SURVEY_RESPONSE
from storage.opening import open_copy, open_store
from storage.port import Commit, Put, Store
from tests.postgresql import own_server

PLAN = Path(__file__).parents[1] / "rollout" / "plan.example.yaml"
NOW = datetime(2027, 11, 2, 12, 0, tzinfo=UTC)
TEAM = "T0NORTHWIND"
GROUPS = ("it", "sales-and-marketing", "retail", "hr-finance-and-executives")
AT_ONCE = 2_000
TRIES = 5


def records(people: int) -> Iterator[Put]:
    """Three in four are on the list of devices, the others say so; one in five asked for help."""
    for number in range(people):
        user, group = f"U{number:08}", GROUPS[number % len(GROUPS)]
        source = Source.LIST if number % 4 else Source.PRESS
        enrolled = Enrolled(enrolled_id(TEAM, user), TEAM, user, group, "", NOW, source)
        yield Put(ENROLLED, enrolled)
        scores = {one: 1 + (number + place) % 5 for place, one in enumerate(SurveyQuestion)}
        words = "it went well" if number % 10 == 0 else ""
        yield Put(
            SURVEY_RESPONSE,
            SurveyResponse(
                response_id(TEAM, group, user),
                TEAM,
                user,
                group,
                "",
                scores,
                Language.EN,
                NOW,
                words,
            ),
        )
        if number % 5 == 0:
            asked = AskedForHelp(asked_id(TEAM, group, user), TEAM, user, group, "", NOW)
            yield Put(ASKED_FOR_HELP, asked)


async def fill(store: Store, people: int) -> None:
    page: list[Put] = []
    for group in GROUPS:
        page.append(Put(GROUP_SIZE, GroupSize(size_id(TEAM, group), TEAM, people // 3, NOW)))
    page.append(Put(IMPORTED_LIST, ImportedList(TEAM, TEAM, 1, NOW, people)))
    for put in records(people):
        page.append(put)
        if len(page) >= AT_ONCE:
            await store.commit(Commit(at=NOW, puts=tuple(page)))
            page = []
    await store.commit(Commit(at=NOW, puts=tuple(page)))


async def median(work: Callable[[], Awaitable[Any]]) -> float:
    """Seconds."""
    taken: list[float] = []
    for _ in range(TRIES):
        began = time.perf_counter()
        await work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


async def measure(name: str, url: str, people: int, plan: Plan) -> None:
    store = await open_store(url)
    await fill(store, people)
    say = Catalogue().sayer(Language.EN)

    async def in_slack() -> None:
        progress, _ = await plan_progress(store, TEAM, plan, Language.EN)
        report_lines(progress, say)

    text = await median(in_slack)
    table = await median(lambda: report_csv(store, plan, Language.EN))
    await store.close()

    async def from_the_shell() -> None:
        copy = await open_copy(url)
        await report_csv(copy, plan, Language.EN)
        await copy.close()

    gc.collect()
    gc.disable()
    began = time.perf_counter()
    await from_the_shell()
    shell = time.perf_counter() - began
    gc.enable()
    print(f"| {name} | {text * 1000:.0f} ms | {table * 1000:.0f} ms | {shell:.2f} s |", flush=True)


async def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.rollout")
    parser.add_argument("--quick", action="store_true")
    people = 5_000 if parser.parse_args(arguments).quick else 100_000
    plan = load_plan(PLAN)
    print(f"{people} people, {TRIES} tries\n")
    print("| engine | /signpost report | CSV with the survey | from the shell, with reading |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        await measure("TinyDB", f"tinydb:{folder}/store", people, plan)
        with own_server() as server:
            await measure("PostgreSQL", server.create_database(), people, plan)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
