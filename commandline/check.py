"""``check``: settings, articles, helpdesk, Slack and store looked at before a start."""

import argparse
import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import aiohttp
from pydantic import SecretStr

from commandline.places import MANIFEST, scopes_of
from delivery.clock import SystemClock
from delivery.doctor import Expected, Finding, Verdict, examine_app_token, examine_slack
from delivery.gateway import Gateway, reading_client
from helpdesk.errors import HelpdeskInvalid
from helpdesk.settings import read_helpdesk
from knowledge.errors import KnowledgeError
from logs import configure_logs
from rollout.errors import PlanInvalid, Severity
from rollout.reading import load_plan
from running.exit_codes import NOT_WELL, OK
from running.looking import load_knowledge
from running.slack_line import gateway_of
from settings import Settings, read_settings, read_workspaces, secrets_of
from storage.errors import StoreError
from storage.installations import Installation, installations_at
from storage.opening import is_there, of_workspace, open_copy


def check(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Print what is ready and what is to mend, with the mend. Raises ``SettingsInvalid``."""
    settings = read_settings(environment)
    configure_logs("ERROR", tuple(secrets_of(settings)))
    findings = list(_examine_here(settings))
    if settings.installing is None:
        findings += asyncio.run(_examine_slack(settings))
    else:
        findings += asyncio.run(_examine_workspaces(settings))
    for finding in findings:
        print(finding)
    bad = sum(finding.verdict is Verdict.ERROR for finding in findings)
    print(f"\n{bad} to mend." if bad else "\nEverything is ready.")
    return NOT_WELL if bad else OK


def _examine_here(settings: Settings) -> Iterator[Finding]:
    """What can be told without Slack."""
    yield Finding(Verdict.GOOD, "settings", "complete")
    yield _examine_knowledge(settings)
    yield from _examine_helpdesk(settings)
    yield from _examine_plan(settings)


def _examine_what_differs(own: Settings, settings: Settings) -> Iterator[Finding]:
    """The same of a workspace, where it has something else than all: loading takes seconds."""
    if (own.knowledge_dir, own.company_file) != (settings.knowledge_dir, settings.company_file):
        yield _examine_knowledge(own)
    if own.helpdesk_settings != settings.helpdesk_settings:
        yield from _examine_helpdesk(own)
    if own.rollout_plan != settings.rollout_plan:
        yield from _examine_plan(own)


def _examine_knowledge(settings: Settings) -> Finding:
    try:
        library = load_knowledge(settings).current.library
        verdict = Verdict.WARNING if library.warnings else Verdict.GOOD
        mend = "python bot.py knowledge check lists them" if library.warnings else ""
        seen = f"{len(library)} articles, {len(library.warnings)} warnings"
        return Finding(verdict, "knowledge", seen, mend)
    except KnowledgeError as error:
        return Finding(Verdict.ERROR, "knowledge", str(error).splitlines()[0], "Mend that file")


def _examine_helpdesk(settings: Settings) -> Iterator[Finding]:
    """Each fault of the helpdesk's settings as a finding of its own."""
    try:
        read_helpdesk(settings.helpdesk_settings, settings.timezone.key)
    except HelpdeskInvalid as invalid:
        for problem in invalid.problems:
            wrong, _, mend = problem.partition(". ")
            yield Finding(Verdict.ERROR, "helpdesk", wrong, mend or "Mend that line")
        return
    path = settings.helpdesk_settings
    seen = str(path) if path else "no file, the defaults hold"
    yield Finding(Verdict.GOOD, "helpdesk", seen)


def _examine_plan(settings: Settings) -> Iterator[Finding]:
    """Each fault of the rollout plan as a finding of its own, with its line."""
    path = settings.rollout_plan
    if path is None:
        yield Finding(Verdict.GOOD, "rollout plan", "no file, nothing is announced")
        return
    try:
        plan = load_plan(path)
    except (PlanInvalid, OSError) as error:
        yield from _faults_of(path, error)
        return
    yield Finding(Verdict.GOOD, "rollout plan", f"{path}, {len(plan.groups)} groups")


def _faults_of(path: Path, error: PlanInvalid | OSError) -> Iterator[Finding]:
    if isinstance(error, OSError):
        mend = "Make the file readable for the bot, or name another one in ROLLOUT_PLAN"
        yield Finding(Verdict.ERROR, "rollout plan", f"{path}: {error.strerror}", mend)
        return
    for one in error.findings:
        if one.severity is Severity.ERROR:
            mend = f"Expected: {one.expected}" if one.expected else "Mend that line"
            seen = str(replace(one, expected=""))
            yield Finding(Verdict.ERROR, "rollout plan", seen, mend)


async def _examine_workspaces(settings: Settings) -> list[Finding]:
    """Every workspace that installed the app or is named in the file."""
    try:
        installed = {one.team: one for one in await installations_at(settings.store_url)}
    except StoreError as error:
        mend = "docs/storage.md says how to mend it"
        return [Finding(Verdict.ERROR, "installations", str(error), mend)]
    findings: list[Finding] = []
    configured = read_workspaces(settings)
    for team in sorted({*configured, *installed}):
        own = configured.get(team)
        if own and team in installed:
            found = [
                *_examine_what_differs(own, settings),
                *await _examine_workspace(own, installed[team]),
            ]
        else:
            found = [_not_served(team, is_installed=team in installed)]
        findings += [replace(one, subject=f"{team}: {one.subject}") for one in found]
    return findings or [Finding(Verdict.WARNING, "workspaces", "none yet", "Open /slack/install")]


def _not_served(team: str, *, is_installed: bool) -> Finding:
    if is_installed:
        mend = f"Name its channels in WORKSPACES, beneath {team}"
        return Finding(Verdict.WARNING, "workspace", "installed, but not named", mend)
    mend = "Open /slack/install at the bot's address, and choose this workspace"
    return Finding(Verdict.WARNING, "installation", "named, but not installed", mend)


async def _examine_workspace(settings: Settings, installation: Installation) -> list[Finding]:
    own = replace(
        settings,
        bot_token=SecretStr(installation.token),
        store_url=of_workspace(settings.store_url, installation.team),
    )
    return await _examine_slack(own)


async def _examine_slack(settings: Settings) -> list[Finding]:
    async with aiohttp.ClientSession() as session:
        gateway = gateway_of(settings, session)
        expected = Expected(
            scopes=frozenset(scopes_of(MANIFEST)),
            question_channels=settings.question_channels,
            role_channels=settings.role_channels,
            staffed=("TIER1_CHANNEL", "TIER2_CHANNEL", "TIER3_CHANNEL", "ADMIN_CHANNEL"),
        )
        findings = await examine_slack(gateway, expected, SystemClock())
        if settings.app_token:
            with_app_token = reading_client(
                settings.app_token.get_secret_value(), settings.api_url, session
            )
            findings.append(await examine_app_token(Gateway(with_app_token, with_app_token)))
    return [*findings, await _examine_store(settings.store_url)]


async def _examine_store(url: str) -> Finding:
    """The store is read as it is; one that is not there yet is made at the first start."""
    if not is_there(url):
        return Finding(Verdict.GOOD, "store", "not there yet; the first start makes it")
    try:
        store = await open_copy(url)
        await store.close()
    except StoreError as error:
        return Finding(Verdict.ERROR, "store", str(error), "docs/storage.md says how to mend it")
    return Finding(Verdict.GOOD, "store", "can be read")
