"""Signpost's composition root and command line: settings, parts, run, stop cleanly."""

import argparse
import asyncio
import contextlib
import gc
import os
import secrets
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import aiohttp
import structlog
import uvloop
import yaml
from aiohttp import web
from dotenv import dotenv_values
from slack_bolt.authorization import AuthorizeResult

from delivery.clock import Clock, SystemClock
from delivery.directory import Directory
from delivery.doctor import Expected, Finding, Verdict, examine_app_token, examine_slack
from delivery.due import Decider, DueRunner
from delivery.errors import AccessLost, NotReached, OutcomeUnknown, SlackError, TooFast
from delivery.followed_clock import FollowedClock
from delivery.gateway import Gateway, reading_client, web_client
from delivery.health import Health, HealthPages, waiting_page
from delivery.housekeeping import HOUSEKEEPING, first_housekeeping, housekeeper
from delivery.membership import Membership
from delivery.opener import Opener
from delivery.pace import UNLIMITED, Pace, Pacing, SharedPace
from delivery.responses import Identity
from delivery.sender import Sender
from handlers.announcing import (
    AnnouncingDesk,
    add_announcing_commands,
    announcing_deciders,
    register_announcing,
    take_up_plan,
)
from handlers.announcing_plans import PlanInForce
from handlers.app import build_app, register
from handlers.asking_command import asking_commands
from handlers.bridging import add_bridge_command
from handlers.catalogue import Catalogue
from handlers.connection import SocketMode, http_application
from handlers.consenting import consent_deciders, register_consent
from handlers.desk import Desk
from handlers.drafts import register_drafts
from handlers.escalation import HelpdeskDesk, escalation_deciders, register_escalation
from handlers.forgetting import forgetting_deciders, note_in
from handlers.gap_lessons import register_gap_lessons
from handlers.home_presses import register_home
from handlers.home_refresh import home_deciders
from handlers.home_sections import with_home
from handlers.intake import Intake
from handlers.lessons import Teaching, register_lessons
from handlers.notices import Notices
from handlers.offering import offer_deciders
from handlers.planned import with_plan
from handlers.roles import StaffRoles
from handlers.runbooks import register_runbooks
from handlers.spikes import SPIKES, first_look, spike_deciders
from handlers.ticket_alike import alike_deciders, register_alike
from handlers.ticket_for_others import add_new_command
from handlers.ticket_overviews import add_ticket_commands, register_overviews
from handlers.ticket_search import SolvedArchive
from handlers.wave_help import register_wave_help
from helpdesk.errors import HelpdeskError, HelpdeskInvalid
from helpdesk.settings import read_helpdesk
from knowledge.commands import add_commands as add_knowledge_commands
from knowledge.errors import KnowledgeError, Severity
from knowledge.loading import company_file_for
from knowledge.watching import Knowledge
from list_taking import ListTaker
from logs import configure_logs
from playing import add_channels, play, start_of
from rollout.commands import add_plan_commands
from rollout.errors import RolloutError
from rollout.plan import Plan, no_plan
from rollout.reading import load_plan
from rollout.schedule import schedule
from rollout.values import Company
from rollout_commands import add_rollout_commands
from sandbox.errors import SandboxRefused
from sandbox.seed import channel_id
from sandbox.server import Sandbox, refuse_real_tokens
from settings import Settings, SettingsInvalid, read_settings, secrets_of
from storage import frames
from storage.commands import add_commands as add_store_commands
from storage.errors import StoreError, StoreNotReached, StoreRefused, StoreUnavailable
from storage.learned import read_learned
from storage.opening import is_there, open_copy, open_store_when_reached
from storage.port import Commit, Store
from storage.postgresql_store import PostgresStore
from storage.question_commands import add_commands as add_question_commands

log = structlog.get_logger()

FOR_PEOPLE = (
    StoreRefused,
    KnowledgeError,
    HelpdeskError,
    RolloutError,
    SandboxRefused,
    OSError,
)
"""Errors whose message says what happened, to what, and what to do."""

HERE = Path(__file__).parent
MANIFEST = HERE / "manifest.yml"

DRAIN_WITHIN = 8.0
"""Seconds for what is in hand when the process is asked to stop; the whole stop takes up to 10."""
TAKE_IN_WITHIN = 3.0
"""Of these, seconds for what is being decided; more may come in until the connection closes."""
NEW_OBJECTS = 10_000
"""Containers made between two passes of the garbage collector; Python's 700 are made by one
question, and passes took a fifth of the time of an answer."""
LOOK_AT_FILES_EVERY = 2.0
LONGEST_PAUSE = 30.0

OK, NOT_WELL, USAGE, ACCESS_LOST, LOOP_BROKEN = 0, 1, 2, 3, 4
"""Exit codes: done; something is wrong; wrong settings or arguments; Slack refuses our token;
sending or deciding broke, and the bot must be started anew."""


class Bot:
    """A running bot. ``stopped`` is set when it must end by itself, ``exit_code`` says how."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        knowledge: Knowledge | None = None,
    ) -> None:
        self._settings = settings
        self._knowledge = knowledge
        self._clock = clock or SystemClock()
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._parts = AsyncExitStack()
        self._tasks: list[asyncio.Task[None]] = []
        self._stop_by = 0.0
        self.stopped = asyncio.Event()
        self.exit_code = OK

    async def start(self) -> None:
        """Start every part. Raises ``StoreRefused``, ``KnowledgeInvalid`` or ``AccessLost``."""
        settings = self._settings
        knowledge = self._knowledge or load_knowledge(settings)
        store = await self._opened_store()
        gateway, identity, session = await self._at_slack()
        self._follow_clock(session, store)
        notices = Notices(
            Catalogue(), settings.default_language, identity.team, settings.admin_channel
        )
        intake = Intake(store, self._clock.now, notices, Opener(gateway))
        people = Directory(gateway, identity.team, identity.enterprise or "")
        roles = Membership(gateway, identity.user)
        desk = self._desk(store, knowledge, people, roles, identity, notices)
        hours = read_helpdesk(settings.helpdesk_settings, settings.timezone.key)
        announcing = self._announcing(desk, identity.team)
        await take_up_plan(announcing, self._clock.now())
        helpdesk = HelpdeskDesk(
            with_plan(desk, announcing), hours, settings.bridge_channel, settings.knowledge_channel
        )
        helpdesk = with_home(helpdesk, announcing)
        teaching = Teaching(store, knowledge, identity.team)
        await teaching.catch_up()
        deciders = {**escalation_deciders(helpdesk), **announcing_deciders(announcing)}
        deciders |= home_deciders(helpdesk.asking)
        deciders |= {**offer_deciders(helpdesk), **consent_deciders(helpdesk)}
        deciders |= forgetting_deciders(desk)
        deciders |= alike_deciders(helpdesk)
        deciders |= spike_deciders(helpdesk)
        self._start_sending(store, gateway, identity, notices, deciders)
        watching = self._watch_files(knowledge, store, notices, teaching)
        self._tasks.append(asyncio.create_task(watching))
        lists = ListTaker(gateway, announcing, self._clock.now)
        self._tasks.append(asyncio.create_task(_take_lists(lists)))
        await self._listen(intake, helpdesk, announcing, teaching, session, store, identity)
        log.info("ready", team=identity.team, articles=len(knowledge.current.library))

    async def stop(self) -> None:
        """Take nothing new, finish what is in hand, let go of everything; within 10 seconds."""
        self._stop_by = asyncio.get_running_loop().time() + DRAIN_WITHIN
        try:
            async with asyncio.timeout(DRAIN_WITHIN + 1):
                await self._parts.aclose()
        except TimeoutError:
            log.warning("stopped before all was finished; what is left goes on at the next start")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _access_lost(self, code: str) -> None:
        log.error("Slack no longer accepts our token: put a new one in the settings", code=code)
        self.exit_code = ACCESS_LOST
        self.stopped.set()

    def _loop_ended(self, loop: asyncio.Task[None]) -> None:
        """A bot that acknowledges and no longer sends would look alive: better to end."""
        if loop.cancelled() or loop.exception() is None:
            return
        log.error("sending or deciding broke, stopping", exc_info=loop.exception())
        self.exit_code = LOOP_BROKEN
        self.stopped.set()

    def _follow_clock(self, session: aiohttp.ClientSession, store: Store) -> None:
        if self._settings.clock_url is None:
            return
        clock = FollowedClock(self._settings.clock_url, session)
        self._clock = clock
        self._tasks += [
            asyncio.create_task(clock.follow()),
            asyncio.create_task(clock.tell_what_waits(store)),
        ]

    async def _opened_store(self) -> Store:
        async with AsyncExitStack() as meanwhile:
            store = await self._store_when_reached(meanwhile)
        self._parts.push_async_callback(store.close)
        return store

    async def _store_when_reached(self, meanwhile: AsyncExitStack) -> Store:
        """While no database answers, ``/healthz`` says so."""
        told: list[str] = []

        async def on_wait(away: StoreNotReached, seconds: float) -> None:
            log.warning("the store is away, trying again", reason=str(away), seconds=seconds)
            told.append(str(away))
            if len(told) == 1:
                page = waiting_page(lambda: f"store: {told[-1]}")
                await self._serve(page, "127.0.0.1", self._settings.health_port, meanwhile)

        settings = self._settings
        return await open_store_when_reached(settings.store_url, settings.store_wait, on_wait)

    async def _at_slack(self) -> tuple[Gateway, Identity, aiohttp.ClientSession]:
        settings = self._settings
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=100), json_serialize=_as_json
        )
        self._parts.push_async_callback(session.close)
        gateway = _gateway(settings, session)
        return gateway, await _identity(gateway), session

    def _start_sending(
        self,
        store: Store,
        gateway: Gateway,
        identity: Identity,
        notices: Notices,
        deciders: Mapping[str, Decider],
    ) -> None:
        pace = _pace(store) if self._settings.paced else Pace(UNLIMITED, UNLIMITED)
        sender = Sender(
            store,
            gateway,
            pace,
            self._clock,
            self._owner,
            notices.channel_unusable,
            self._access_lost,
        )
        housekeeping = housekeeper(store, identity.team, self._settings.retention)
        deciders = {HOUSEKEEPING: housekeeping, **deciders}
        due = DueRunner(store, self._clock, self._owner, deciders, notices.due_given_up)
        running = [asyncio.create_task(sender.run()), asyncio.create_task(due.run())]
        for loop in running:
            loop.add_done_callback(self._loop_ended)

        async def finish() -> None:
            sender.stop()
            due.stop()
            left = self._stop_by - asyncio.get_running_loop().time()
            await asyncio.wait(running, timeout=max(left, 0.0))

        self._tasks += running
        self._parts.push_async_callback(finish)

    def _desk(
        self,
        store: Store,
        knowledge: Knowledge,
        people: Directory,
        roles: Membership,
        identity: Identity,
        notices: Notices,
    ) -> Desk:
        settings = self._settings
        return Desk(
            store=store,
            knowledge=knowledge,
            people=people,
            catalogue=notices.catalogue,
            bot_user=identity.user,
            question_channels=frozenset(settings.question_channels),
            tier1_channel=settings.tier_channels[0],
            default_language=settings.default_language,
            roles=roles,
            tier_channels=settings.tier_channels,
            admin_channel=settings.admin_channel,
        )

    def _announcing(self, desk: Desk, team: str) -> AnnouncingDesk:
        settings = self._settings
        path = settings.rollout_plan
        plan = load_plan(path) if path else no_plan(self._clock.now().year, settings.timezone.key)
        company = settings.company_file or company_file_for(settings.knowledge_dir)
        return AnnouncingDesk(
            store=desk.store,
            roles=StaffRoles(desk.roles, desk.people),
            people=desk.people,
            catalogue=desk.catalogue,
            knowledge=desk.knowledge,
            plans=PlanInForce(plan, path),
            company=Company.load(company),
            team=team,
            admin_channel=settings.admin_channel,
            default_language=settings.default_language,
            tier_channels=settings.tier_channels,
        )

    async def _listen(
        self,
        intake: Intake,
        helpdesk: HelpdeskDesk,
        announcing: AnnouncingDesk,
        teaching: Teaching,
        session: aiohttp.ClientSession,
        store: Store,
        identity: Identity,
    ) -> None:
        settings = self._settings
        now = self._clock.now()
        if await store.due_command(HOUSEKEEPING) is None:
            await store.commit(Commit(at=now, due=(first_housekeeping(identity.team, now),)))
        if await store.due_command(SPIKES) is None:
            await store.commit(Commit(at=now, due=(first_look(identity.team, now),)))
        client = web_client(settings.bot_token.get_secret_value(), settings.api_url, session)
        secret = settings.signing_secret.get_secret_value() if settings.signing_secret else None
        app = build_app(client, _authorized(identity, settings), secret)
        register_escalation(app, intake, helpdesk)
        register_lessons(app, intake, helpdesk, teaching)
        register_drafts(app, intake, helpdesk, teaching)
        register_alike(app, intake, helpdesk)
        register_runbooks(app, intake, helpdesk)
        register_gap_lessons(app, intake, helpdesk)
        router = asking_commands(helpdesk.asking)
        archive = SolvedArchive(store)
        self._tasks.append(asyncio.create_task(_read_archive(archive, identity.team, now)))
        add_ticket_commands(router, helpdesk, archive)
        register_overviews(app, intake, helpdesk, archive)
        register_home(app, intake, helpdesk)
        register_consent(app, intake, helpdesk)
        add_bridge_command(router, helpdesk)
        add_new_command(router, helpdesk)
        add_announcing_commands(router, announcing)
        register_announcing(app, intake, announcing)
        register_wave_help(app, intake, helpdesk)
        register(app, intake, helpdesk.asking, router)
        if settings.app_token is None:
            self._parts.push_async_callback(_drained, intake)
            await self._serve_health(Health(store, self._clock, ()))
            await self._serve(http_application(app), settings.host, settings.port)
        else:
            connection = SocketMode(
                app,
                settings.app_token.get_secret_value(),
                client,
                self._refused_connection,
                own_user=identity.user,
            )
            await self._serve_health(Health(store, self._clock, (connection.problem,)))
            self._parts.push_async_callback(connection.close)
            self._parts.push_async_callback(_drained, intake)
            self._parts.push_async_callback(connection.stop)
            await connection.start()

    def _refused_connection(self, code: str) -> None:
        if code in ("invalid_auth", "not_authed", "token_revoked", "account_inactive"):
            self._access_lost(code)

    async def _serve_health(self, health: Health) -> None:
        pages = HealthPages(health)
        await self._serve(pages.application(), "127.0.0.1", self._settings.health_port)

    async def _serve(
        self,
        application: web.Application,
        host: str,
        port: int,
        parts: AsyncExitStack | None = None,
    ) -> None:
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        (parts or self._parts).push_async_callback(runner.cleanup)
        await web.TCPSite(runner, host, port).start()

    async def _watch_files(
        self, knowledge: Knowledge, store: Store, notices: Notices, teaching: Teaching
    ) -> None:
        """Until cancelled; a look that fails is followed by another one."""
        while True:
            await asyncio.sleep(LOOK_AT_FILES_EVERY)
            try:
                await self._look_at_files(knowledge, store, notices)
                await _catch_up(teaching)
            except Exception:
                log.exception("the articles could not be looked at")

    async def _look_at_files(self, knowledge: Knowledge, store: Store, notices: Notices) -> None:
        reload = await asyncio.to_thread(knowledge.reload_if_changed)
        if reload.changed:
            log.info("articles taken up", articles=len(knowledge.current.library))
        errors = [str(one) for one in reload.findings if one.severity is Severity.ERROR]
        if errors:
            log.error("articles refused", findings=errors)
            now = self._clock.now()
            notice = notices.knowledge_refused(errors[0], now)
            await store.commit(Commit(at=now, outbox=(notice,)))


async def _drained(intake: Intake) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(intake.drained(), TAKE_IN_WITHIN)


async def _read_archive(archive: SolvedArchive, team: str, now: datetime) -> None:
    """What the first search would read; where the store is away, that search reads it."""
    with contextlib.suppress(StoreUnavailable):
        await archive.read(team, now)


async def _take_lists(lists: ListTaker) -> None:
    """Until cancelled; a look that fails is followed by another one."""
    while True:
        await asyncio.sleep(LOOK_AT_FILES_EVERY)
        try:
            await lists.run_once()
        except Exception:
            log.exception("uploaded lists could not be looked at")


async def _catch_up(teaching: Teaching) -> None:
    """Lessons that another process published, or that a reload forgot."""
    try:
        await teaching.catch_up()
    except StoreUnavailable:
        log.warning("the store is away, lessons wait")


def load_knowledge(settings: Settings) -> Knowledge:
    """The articles the settings name, with the company's values. Raises ``KnowledgeInvalid``."""
    folder = settings.knowledge_dir
    return Knowledge(folder, settings.company_file or company_file_for(folder))


def _pace(store: Store) -> Pacing:
    """One budget for all who share a database."""
    return SharedPace(store) if isinstance(store, PostgresStore) else Pace()


def _spare_garbage_collection() -> None:
    """What was loaded lives as long as the bot, so it is not looked through again; new objects are
    looked through after so many that a question costs no pass of its own."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 50)


def _as_json(body: object) -> str:
    return frames.dump(body).decode()


def _gateway(settings: Settings, session: aiohttp.ClientSession) -> Gateway:
    token = settings.bot_token.get_secret_value()
    return Gateway(
        web_client(token, settings.api_url, session),
        reading_client(token, settings.api_url, session),
    )


async def _identity(gateway: Gateway) -> Identity:
    """Who we are; waits for Slack to come back where it is away. Raises other ``SlackError``."""
    pause = 1.0
    while True:
        try:
            return await gateway.identity()
        except (NotReached, OutcomeUnknown, TooFast) as error:
            log.warning("Slack cannot be reached, trying again", code=error.code, seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


def _authorized(identity: Identity, settings: Settings) -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=identity.enterprise,
        team_id=identity.team,
        bot_user_id=identity.user,
        bot_id=identity.bot,
        bot_token=settings.bot_token.get_secret_value(),
    )


async def run_bot(settings: Settings) -> int:
    """Run until SIGTERM, SIGINT or a lost token; the exit code."""
    bot = Bot(settings)
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, bot.stopped.set)
    try:
        starting = asyncio.create_task(bot.start())
        stopped = asyncio.create_task(bot.stopped.wait())
        await asyncio.wait({starting, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            _spare_garbage_collection()
            await stopped
        starting.cancel()
    except AccessLost as error:
        print(_no_access(error), file=sys.stderr)
        return ACCESS_LOST
    finally:
        await bot.stop()
    return bot.exit_code


def _no_access(error: SlackError) -> str:
    return (
        f"Slack does not accept SLACK_BOT_TOKEN ({error.code}). "
        "Reinstall the app in Slack and put the new token in .env."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; gives the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options, _environment()))
    except SettingsInvalid as invalid:
        print("The settings are not complete (see .env.example):", file=sys.stderr)
        for problem in invalid.problems:
            print(f"  {problem}", file=sys.stderr)
        return USAGE
    except FOR_PEOPLE as refused:
        print(refused, file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return OK


def _environment() -> Mapping[str, str]:
    """``.env``, overridden by the environment."""
    from_file = {name: value or "" for name, value in dotenv_values(".env").items()}
    return from_file | dict(os.environ)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bot.py", description="Signpost: answers enrollment questions in Slack."
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run the bot against Slack, as .env says")
    run.set_defaults(command=_run)

    sandbox = commands.add_parser("sandbox", help="open a local Slack workspace in the browser")
    sandbox.add_argument("--port", type=int, default=8765, help="the page's port (8765)")
    sandbox.add_argument("--no-bot", action="store_true", help="the workspace alone")
    sandbox.set_defaults(command=_sandbox)

    playing = commands.add_parser("play", help="play a rollout plan in the sandbox, in seconds")
    playing.add_argument("plan", type=Path, help="the plan file")
    playing.set_defaults(command=_play)

    check = commands.add_parser("check", help="look at settings, tokens, channels and knowledge")
    check.set_defaults(command=_check)

    add_knowledge_commands(commands, SystemClock().now().date(), read_learned)
    add_store_commands(commands)
    add_plan_commands(commands, SystemClock().now)
    add_rollout_commands(commands, SystemClock().now)
    add_question_commands(commands, SystemClock().now(), note_in)

    return parser


def _run(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    settings = read_settings(environment)
    configure_logs(settings.log_level, tuple(secrets_of(settings)))
    return uvloop.run(run_bot(settings))


def _sandbox(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    refuse_real_tokens(environment)
    configure_logs(environment.get("LOG_LEVEL", "WARNING"))
    return asyncio.run(_run_sandbox(options.port, with_bot=not options.no_bot))


async def _run_sandbox(port: int, *, with_bot: bool) -> int:
    """Serve the workspace, and the unchanged bot beside it as a process of its own."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stopped.set)
    with tempfile.TemporaryDirectory(prefix="signpost-sandbox-") as folder:
        manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
        async with Sandbox(port, manifest=manifest, pace=True) as sandbox:
            bot = await _start_bot(sandbox, folder) if with_bot else None
            print(f"\n  The workspace is open: {sandbox.url}\n  Ctrl+C closes it.\n", flush=True)
            await stopped.wait()
            if bot and bot.returncode is None:
                bot.terminate()
                await bot.wait()
    return OK


def _play(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    refuse_real_tokens(environment)
    configure_logs(environment.get("LOG_LEVEL", "ERROR"))
    plan = load_plan(options.plan)
    if not schedule(plan).announcements:
        print(f"{options.plan} has no announcements to play.")
        return NOT_WELL
    return asyncio.run(_run_plan(plan, options.plan))


async def _run_plan(plan: Plan, path: Path) -> int:
    with tempfile.TemporaryDirectory(prefix="signpost-play-") as folder:
        manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
        async with Sandbox(manifest=manifest, pace=False, clock_start=start_of(plan)) as sandbox:
            add_channels(sandbox, plan)
            own = {"ROLLOUT_PLAN": str(path), "SLACK_PACE": "OFF", "LOG_LEVEL": "ERROR"}
            bot = await _start_bot(sandbox, folder, own)
            try:
                return await play(plan, sandbox, sys.stdout)
            finally:
                bot.terminate()
                await bot.wait()


async def _start_bot(
    sandbox: Sandbox, folder: str, more: Mapping[str, str] = MappingProxyType({})
) -> asyncio.subprocess.Process:
    own = sandbox_environment(sandbox, f"tinydb:{folder}/store") | dict(more)
    process = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "run", env=dict(os.environ) | own
    )
    await sandbox.connected(timeout=60)
    return process


def sandbox_environment(sandbox: Sandbox, store_url: str) -> dict[str, str]:
    """The settings with which the bot joins a sandbox."""
    channels = {
        "QUESTION_CHANNELS": "ask-it",
        "TIER1_CHANNEL": "tier-1",
        "TIER2_CHANNEL": "tier-2",
        "TIER3_CHANNEL": "tier-3",
        "ADMIN_CHANNEL": "rollout-admins",
    }
    return {name: channel_id(channel) for name, channel in channels.items()} | {
        "SLACK_BOT_TOKEN": sandbox.bot_token,
        "SLACK_APP_TOKEN": sandbox.app_token,
        "SLACK_SIGNING_SECRET": "",
        "SLACK_API_URL": sandbox.api_url,
        "STORE_URL": store_url,
        "KNOWLEDGE_DIR": str(HERE / "knowledge" / "faq"),
        "COMPANY_FILE": str(HERE / "sandbox" / "company.yaml"),
        "ROLLOUT_PLAN": str(HERE / "rollout" / "plan.example.yaml"),
        "TIMEZONE": "Europe/Amsterdam",
        "HEALTH_PORT": "0",
        "CLOCK_URL": f"{sandbox.url}/sandbox/clock",
    }


def _check(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    settings = read_settings(environment)
    configure_logs("ERROR", tuple(secrets_of(settings)))
    findings = [*_examine_here(settings), *asyncio.run(_examine_slack(settings))]
    for finding in findings:
        print(finding)
    bad = sum(finding.verdict is Verdict.ERROR for finding in findings)
    print(f"\n{bad} to mend." if bad else "\nEverything is ready.")
    return NOT_WELL if bad else OK


def _examine_here(settings: Settings) -> Iterator[Finding]:
    """What can be told without Slack."""
    yield Finding(Verdict.GOOD, "settings", "complete")
    try:
        library = load_knowledge(settings).current.library
        verdict = Verdict.WARNING if library.warnings else Verdict.GOOD
        mend = "python bot.py knowledge check lists them" if library.warnings else ""
        seen = f"{len(library)} articles, {len(library.warnings)} warnings"
        yield Finding(verdict, "knowledge", seen, mend)
    except KnowledgeError as error:
        yield Finding(Verdict.ERROR, "knowledge", str(error).splitlines()[0], "Mend that file")
    yield from _examine_helpdesk(settings)


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


async def _examine_slack(settings: Settings) -> list[Finding]:
    async with aiohttp.ClientSession() as session:
        gateway = _gateway(settings, session)
        manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
        expected = Expected(
            scopes=frozenset(manifest["oauth_config"]["scopes"]["bot"]),
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


if __name__ == "__main__":
    sys.exit(main())
