"""`python bot.py media`: the announcements of a plan as e-mail, web snippets and invitations."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from commandline.rollout import team_in
from handlers.announcing_media import Meeting, Piece, Sources, files_of, pieces
from handlers.announcing_quotes import Quotes, quotes_of
from handlers.catalogue import Catalogue
from knowledge.article import Language
from rollout.announcement import Announcement
from rollout.commands import COMPANY
from rollout.errors import PlanInvalid
from rollout.exporting import counted
from rollout.reading import load_plan
from rollout.values import Company
from running.exit_codes import NOT_WELL, OK, USAGE
from storage.kinds import ANNOUNCEMENT
from storage.opening import is_there, open_copy

PAGE = 500
EVERY_LANGUAGE = "all"


@dataclass(frozen=True)
class Wanted:
    """What somebody asked for. Without ``languages`` each announcement comes in those of its
    channels; ``only`` names announcements, and without any all are meant."""

    folder: Path
    languages: Sequence[Language]
    only: Sequence[str]
    meeting: Meeting
    store_url: str


def add_media_command(commands: Any, now: Callable[[], datetime], out: TextIO = sys.stdout) -> None:
    """Add ``media`` to the parsers of ``bot.py``. ``now`` gives the present moment, in UTC."""
    media = commands.add_parser(
        "media", help="announcements as e-mail (text and HTML), web snippets and invitations"
    )
    media.add_argument("plan", type=Path, help="the plan file")
    media.add_argument("-o", "--output", type=Path, required=True, help="the folder to write into")
    media.add_argument(
        "--only", nargs="+", default=(), metavar="ID", help="these announcements alone"
    )
    media.add_argument(
        "--language",
        choices=[*map(str, Language), EVERY_LANGUAGE],
        help="one language, or all of them; else that of the channels",
    )
    media.add_argument("--minutes", type=int, default=60, help="how long a meeting takes (60)")
    media.add_argument("--place", default="", help="where a meeting is, or its address online")
    media.add_argument("--company", type=Path, default=COMPANY, help="the company's values")

    def command(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
        if options.minutes < 1:
            out.write(f"--minutes {options.minutes}: a meeting takes at least a minute.\n")
            return USAGE
        wanted = Wanted(
            folder=options.output,
            languages=_languages(options.language),
            only=options.only,
            meeting=Meeting(timedelta(minutes=options.minutes), options.place),
            store_url=environment.get("STORE_URL", ""),
        )
        return asyncio.run(export_media(options.plan, options.company, wanted, now(), out))

    media.set_defaults(command=command)


def _languages(chosen: str | None) -> tuple[Language, ...]:
    if chosen == EVERY_LANGUAGE:
        return tuple(Language)
    return (Language(chosen),) if chosen else ()


async def export_media(
    plan_file: Path, company: Path, wanted: Wanted, now: datetime, out: TextIO
) -> int:
    """Write the files of every announcement. Where there is a store, announcements come in the
    words and at the times that admins gave them in Slack."""
    try:
        plan = load_plan(plan_file)
    except PlanInvalid as invalid:
        out.write("".join(f"{finding}\n" for finding in invalid.findings))
        return NOT_WELL
    announcements, quotes = await _prepared(wanted.store_url)
    catalogue = Catalogue()
    sources = Sources(plan, Company.load(company), catalogue, announcements, quotes)
    every = pieces(sources, wanted.languages)
    chosen = [one for one in every if not wanted.only or one.name in wanted.only]
    if unknown := sorted(set(wanted.only) - {one.name for one in chosen}):
        out.write(_no_such(unknown, every))
        return USAGE
    return _written(chosen, wanted, catalogue, now, bool(announcements), out)


async def _prepared(store_url: str) -> tuple[list[Announcement], Quotes]:
    """What admins prepared in Slack, and the words quoted in it."""
    if not store_url or not is_there(store_url):
        return [], {}
    store = await open_copy(store_url)
    try:
        team, found = await team_in(store), list[Announcement]()
        last = None
        while page := await store.find(ANNOUNCEMENT, "team", team, limit=PAGE, after=last):
            found += [one.record for one in page]
            last = page[-1].record.id
        return found, await quotes_of({one.quote for one in found if one.quote}, store)
    finally:
        await store.close()


def _no_such(unknown: Sequence[str], every: Sequence[Piece]) -> str:
    known = ", ".join(dict.fromkeys(one.name for one in every))
    return f"There is no announcement {', '.join(unknown)}. There are: {known}.\n"


def _written(
    chosen: Sequence[Piece],
    wanted: Wanted,
    catalogue: Catalogue,
    now: datetime,
    as_prepared: bool,
    out: TextIO,
) -> int:
    count = 0
    try:
        wanted.folder.mkdir(parents=True, exist_ok=True)
        for one in chosen:
            say = catalogue.sayer(one.language)
            for name, content in files_of(one, wanted.meeting, now, say).items():
                (wanted.folder / name).write_bytes(content)
                count += 1
    except OSError as error:
        out.write(f"{error.filename or wanted.folder} cannot be written: {error.strerror}.\n")
        return NOT_WELL
    words = "as prepared in Slack" if as_prepared else "in the words of the templates"
    told = counted(len({one.name for one in chosen}), "announcement")
    out.write(f"{wanted.folder}: {counted(count, 'file')} for {told}, {words}.\n")
    return OK
