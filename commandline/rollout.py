"""The command line's part of the rollout's figures: ``enrolled import`` and ``report``."""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import aiohttp

from delivery.address_book import AddressBook
from delivery.errors import AccessLost, SlackError
from delivery.gateway import Gateway, reading_client
from handlers.catalogue import Catalogue
from handlers.enrolled_import import Matches, Taken, take_list
from handlers.progress import plan_progress, report_lines
from handlers.survey import survey_results
from knowledge.article import Language
from rollout.commands import write_out
from rollout.device_list import Device, DeviceList, read_devices
from rollout.errors import Finding, PlanInvalid, TableRefused
from rollout.exporting import counted
from rollout.plan import Plan
from rollout.progress import Column, Report, as_csv, report_of
from rollout.reading import load_plan
from rollout.schedule import schedule
from rollout.survey import SurveyQuestion, SurveyResult
from rollout.turns import groups_that_enroll
from running.exit_codes import NOT_WELL, OK, USAGE
from running.list_taking import groups_of
from settings import Settings, read_settings
from storage.errors import StoreRefused
from storage.opening import is_there, open_copy, open_store
from storage.port import Store

MOST_NAMED = 100
"""Lines named one by one; beyond, their number."""


def add_rollout_commands(
    commands: Any, now: Callable[[], datetime], out: TextIO = sys.stdout
) -> None:
    """Add ``enrolled`` and ``report`` to the parsers of ``bot.py``. ``now`` gives the present
    moment, in UTC."""
    enrolled = commands.add_parser("enrolled", help="who has enrolled, by the list of devices")
    under = enrolled.add_subparsers(required=True, metavar="COMMAND")
    imports = under.add_parser("import", help="take over Intune's list of devices (CSV)")
    imports.add_argument("list", type=Path, metavar="FILE.csv")

    def take_over(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
        settings = read_settings(environment)
        try:
            content = options.list.read_bytes()
        except OSError as error:
            out.write(f"{options.list} cannot be read: {error.strerror}. Nothing was imported.\n")
            return NOT_WELL
        return asyncio.run(import_enrolled(content, str(options.list), settings, now(), out))

    imports.set_defaults(command=take_over)
    report = commands.add_parser("report", help="how far the groups are, in counts")
    report.add_argument("--csv", action="store_true", help="as CSV, with the survey's results")
    report.add_argument("-o", "--output", type=Path, help="write here")

    def show(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
        settings = read_settings(environment)
        made = report_csv if options.csv else report_text
        return asyncio.run(_report(settings, made, options.output, out))

    report.set_defaults(command=show)


# Importing ---------------------------------------------------------------------------------------


async def import_enrolled(
    content: bytes, file: str, settings: Settings, now: datetime, out: TextIO
) -> int:
    """Match the people of a list to those of the workspace, and keep them as enrolled. Every line
    that is left out, and everybody whom Slack does not know, is named."""
    try:
        listed = read_devices(content, file, now)
        plan = load_plan(settings.rollout_plan) if settings.rollout_plan else None
    except (TableRefused, PlanInvalid) as refused:
        _name(refused.findings, out)
        out.write("Nothing was imported.\n")
        return NOT_WELL
    _name(listed.findings, out)
    if settings.installing is not None:
        out.write(
            "Nothing was imported: with several workspaces, upload the list in the workspace it is"
            " about, with /signpost enrolled.\n"
        )
        return USAGE
    try:
        return await _import(listed, plan, settings, now, out)
    except StoreRefused as refused:
        out.write(
            f"{refused}\nNothing was imported: stop the bot, import the list, start it; or upload"
            " the list in Slack with /signpost enrolled.\n"
        )
        return USAGE
    except AccessLost as lost:
        out.write(_no_access(lost))
        return NOT_WELL
    except SlackError as error:
        out.write(f"Slack did not answer ({error.code}). Nothing was imported: try again later.\n")
        return NOT_WELL


async def _import(
    listed: DeviceList, plan: Plan | None, settings: Settings, now: datetime, out: TextIO
) -> int:
    async with AsyncExitStack() as parts:
        # First the store: one that is in use is said so before anybody waits for Slack.
        store = await open_store(settings.store_url)
        parts.push_async_callback(store.close)
        session = await parts.enter_async_context(aiohttp.ClientSession())
        token = settings.bot_token.get_secret_value()
        client = reading_client(token, settings.api_url, session)
        gateway = Gateway(client, client)
        identity = await gateway.identity()
        book = AddressBook(gateway)
        users = await book.users(listed.people)
        enrolling = groups_that_enroll(plan, schedule(plan)) if plan else ()
        groups = await groups_of(users.values(), enrolling, book)
        taken = await take_list(listed, Matches(users, groups), store, identity.team, now)
    _tell(listed, taken, out)
    return OK


def _tell(listed: DeviceList, taken: Taken, out: TextIO) -> None:
    for device in taken.unknown[:MOST_NAMED]:
        out.write(f"line {device.line}: nobody in Slack has the address {_shown(device)}\n")
    if len(taken.unknown) > MOST_NAMED:
        out.write(f"... and {len(taken.unknown) - MOST_NAMED} addresses more\n")
    out.write(
        f"{counted(listed.devices, 'device')}. People who have one: {len(listed.people)}; known"
        f" here: {taken.people}. Of these new: {taken.new}, had said so themselves:"
        f" {taken.said_so}, in no group of the plan: {taken.without_group}.\n"
    )
    if listed.without_user:
        devices = counted(listed.without_user, "device")
        out.write(f"Left out, since nobody uses them: {devices}.\n")


def _shown(device: Device) -> str:
    return "".join(letter for letter in device.address if letter.isprintable())


def _name(findings: Sequence[Finding], out: TextIO) -> None:
    for finding in findings[:MOST_NAMED]:
        out.write(f"{finding}\n")
    if len(findings) > MOST_NAMED:
        out.write(f"... and {len(findings) - MOST_NAMED} lines more\n")


def _no_access(lost: AccessLost) -> str:
    mend = (
        "Add the scopes users:read.email and usergroups:read to the app (manifest.yml has them)"
        " and install it again"
        if lost.code == "missing_scope"
        else "Reinstall the app in Slack and put the new token in .env"
    )
    return f"Slack does not let the bot do this ({lost.code}). Nothing was imported. {mend}.\n"


# Reporting ---------------------------------------------------------------------------------------


async def _report(
    settings: Settings, made: Callable[..., Any], output: Path | None, out: TextIO
) -> int:
    if settings.rollout_plan is None:
        out.write("There is no plan: put the path of one into ROLLOUT_PLAN.\n")
        return USAGE
    plan = load_plan(settings.rollout_plan)
    if not is_there(settings.store_url):
        out.write(
            f"There is nothing in {settings.store_url} yet, so there are no figures. Start the bot,"
            " or name the store it uses in STORE_URL.\n"
        )
        return NOT_WELL
    # Everything that is read lives until the end: looking for cycles in it is half of the work.
    gc.disable()
    store = await open_copy(settings.store_url)
    try:
        text = await made(store, plan, settings.default_language)
    finally:
        await store.close()
    return write_out(text, output, out)


async def report_text(store: Store, plan: Plan, language: Language) -> str:
    """As ``/signpost report`` shows it."""
    say = Catalogue().sayer(language)
    team = await team_in(store)
    progress, imported = await plan_progress(store, team, plan, language)
    lines = [say("report-title"), *report_lines(progress, say)]
    if imported is None:
        lines.append(say("report-no-list"))
    else:
        day = imported.at.date().isoformat()
        values = {"people": imported.people, "unknown": imported.unknown}
        lines.append(say("report-list", date=day, **values))
    return "".join(f"{line}\n" for line in lines)


async def report_csv(store: Store, plan: Plan, language: Language) -> str:
    """A row for each group that may be shown, with the survey's means where enough answered."""
    team = await team_in(store)
    progress, _ = await plan_progress(store, team, plan, language)
    results = await survey_results(store, team, plan, language)
    report: Report = report_of(progress)
    return as_csv(report, survey_columns(results))


def survey_columns(results: Sequence[SurveyResult]) -> list[Column]:
    """How many answered, and the mean of each question; empty for groups with too few answers."""
    shown = [one for one in results if one.shown]
    answers = Column("survey_answers", {one.group: str(one.responses) for one in shown})
    means = [
        Column(
            f"survey_{question}",
            {
                one.group: f"{mean:.2f}"
                for one in shown
                if (mean := one.average(question)) is not None
            },
        )
        for question in SurveyQuestion
    ]
    return [answers, *means]


async def team_in(store: Store) -> str:
    """The team whose records the store keeps; empty for a store without any."""
    async with aclosing(store.export_rows()) as rows:  # type: ignore[type-var]
        async for row in rows:
            if row.table == "record":
                return str(row.columns["team"])
    return ""
