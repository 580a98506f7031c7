"""The stage for forged payloads: the true bot in the sandbox, and its tables looked at from beside
it. A payload comes as Slack would send it, whatever a screen shows."""

import asyncio
import contextlib
import itertools
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg
import yaml

from handlers.catalogue import LOCALES
from handlers.lost_threads import THREAD_LOST
from sandbox.conversation import Message
from sandbox.delivery import Kind
from sandbox.errors import ActRefused
from sandbox.seed import TEAM_ID, user_id
from storage.opening import open_store
from storage.outbox import Content, InChannel, OutboxItem, Post
from storage.port import Commit
from tests.security.records import names, puts, ticket
from tests.security.roles import INTRUDERS, ROLE_CHANNELS, ROLES
from tests.workplace import Workplace

Json = dict[str, Any]
TABLES = ("record", "record_index", "dedupe", "outbox", "due")
PLAN = Path(__file__).parents[2] / "rollout" / "plan.example.yaml"
BUTTON = "Press"
REFUSING = re.compile(
    r"^((?:[a-z]+-)*refus(?:ed|al)-[a-z0-9-]+|[a-z-]+-gone|announcement-is-preview"
    r"|known-lifted-already|[a-z]+-refused) = (.+)$"
)


class Outcome(StrEnum):
    """``ALLOWED`` changes something, opens a form or answers; ``REFUSED`` says why not and changes
    nothing; ``IGNORED`` does neither."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    IGNORED = "ignored"
    FAILED = "failed"


@dataclass(frozen=True)
class Try:
    """One action as forged: ``way`` is how it comes, ``what`` its id, ``given`` what it carries."""

    way: str
    what: str
    given: Mapping[str, Any] = field(default_factory=dict)


def plan_with_sponsor(folder: Path) -> Path:
    """The sample plan with a sponsor who is in none of the roles' channels."""
    plan = yaml.safe_load(PLAN.read_text("utf-8"))
    plan["sponsor"]["user"] = user_id(ROLES["sponsor"])
    path = folder / "plan.yaml"
    path.write_text(yaml.safe_dump(plan, allow_unicode=True), "utf-8")
    return path


def let_intruders_in(workplace: Workplace) -> None:
    """People without a role get into every role's channel, and one of them is deactivated."""
    workspace = workplace.sandbox.workspace
    for name in INTRUDERS:
        for channel in ROLE_CHANNELS:
            workspace.channel(channel).members[user_id(name)] = None
    workspace.person("theo").deleted = True


async def seed(store_url: str) -> None:
    """The records, and a card for every ticket in each of its tiers."""
    now = datetime.now(UTC)
    store = await open_store(store_url)
    try:
        cards = tuple(
            OutboxItem(
                card.key, TEAM_ID, f"card/{card.key}", _post(card.channel, card.key), now, about
            )
            for one in (ticket(name, now) for name in ("waiting", "held", "tier2", "tier3"))
            for about in [f"ticket:{one.id}"]
            for card in one.cards
        )
        await store.commit(Commit(at=now, puts=tuple(puts(now)), outbox=cards))
    finally:
        await store.close()


def _post(channel: str, text: str) -> Post:
    return Post(InChannel(channel), Content(text))


class Stage:
    """Sends a payload in somebody's name, tells what came of it, and puts everything back."""

    def __init__(self, workplace: Workplace, url: str) -> None:
        self.workplace = workplace
        self._tables = psycopg.connect(url, autocommit=True)
        self._numbers = itertools.count(1)
        self._refusals = tuple(refusing_words())
        self.names = names()

    def close(self) -> None:
        self._tables.execute("DROP SCHEMA IF EXISTS remembered CASCADE")
        self._tables.close()

    def remember(self) -> None:
        """From now on this is what everything is put back to."""
        self._tables.execute("CREATE SCHEMA remembered")
        for table in TABLES:
            self._tables.execute(
                f"CREATE TABLE remembered.{table} AS TABLE signpost.{table}".encode()
            )

    async def put_back(self) -> None:
        """Tried again where the bot, which runs in the same loop, is in the middle of a write."""
        async with asyncio.timeout(10):
            while not self._put_back_now():  # noqa: ASYNC110 - the bot writes
                await asyncio.sleep(0.02)

    def _put_back_now(self) -> bool:
        try:
            with self._tables.transaction():
                self._tables.execute("SET LOCAL lock_timeout = '100ms'")
                for table in TABLES:
                    rows = f"SELECT * FROM remembered.{table}"
                    self._tables.execute(f"TRUNCATE signpost.{table}".encode())
                    self._tables.execute(f"INSERT INTO signpost.{table} {rows}".encode())
        except (psycopg.errors.DeadlockDetected, psycopg.errors.LockNotAvailable):
            return False
        return True

    def state(self) -> Json:
        """All that is decided, and what is to be said. What the sender finds lost is nobody's act:
        messages that were on their way when everything was put back."""
        rows = self._tables.execute("SELECT kind, id, version FROM signpost.record").fetchall()
        due = self._tables.execute(
            "SELECT key, name FROM signpost.due WHERE name <> %s", [THREAD_LOST]
        ).fetchall()
        said = self._tables.execute("SELECT key, call::text FROM signpost.outbox").fetchall()
        return {"records": set(rows), "due": set(due), "outbox": dict(said)}

    async def outcome(self, role: str, tried: Try) -> tuple[Outcome, str]:
        """What came of it, and the words that say so."""
        return await self._judging(role, lambda user: self._send(user, tried))

    async def outcome_on_the_page(self, role: str, card: Message) -> Outcome:
        """What came of a press on a button as the page shows it; the page itself lets nobody press
        what they cannot see, nor act at all once deactivated."""

        async def presses(_: str) -> None:
            with contextlib.suppress(ActRefused):
                await self.workplace.person(ROLES[role]).presses(card, BUTTON)

        return (await self._judging(role, presses))[0]

    def shows(self, tried: Try) -> Message:
        """A message of the bot with the button that a row is about, in the channel where the row
        says it stands."""
        given = _filled(tried.given, self.names | {"soon": ""})
        button = {"type": "button", "action_id": tried.what, "value": given.get("value", "")}
        button["text"] = {"type": "plain_text", "text": BUTTON}
        workspace = self.workplace.sandbox.workspace
        message = Message(
            given.get("in", "C0ROLLOUTADMINS"),
            f"1690000000.{next(self._numbers):06d}",
            workspace.bot.id,
            "a card",
            blocks=[{"type": "actions", "block_id": "b", "elements": [button]}],
            bot_id=workspace.bot.bot_id,
        )
        return workspace.post(message)

    async def _judging(
        self, role: str, act: Callable[[str], Awaitable[Any]]
    ) -> tuple[Outcome, str]:
        user = user_id(ROLES[role])
        workspace = self.workplace.sandbox.workspace
        workspace.close_all_modals(user)
        before = self.state()
        reply = await act(user)
        opened = [view.body for view in workspace.stacks.get(user, [])]
        found = self._judged(before, self.state(), reply, opened)
        if found[0] is not Outcome.IGNORED:
            await self.put_back()
        return found

    def _judged(
        self, before: Json, after: Json, reply: Any, opened: list[Json]
    ) -> tuple[Outcome, str]:
        new = after["records"] - before["records"]
        gone = before["records"] - after["records"]
        if any(kind == "failed-payload" for kind, *_ in new):
            return Outcome.FAILED, str(sorted(new))
        said = [text for key, text in after["outbox"].items() if key not in before["outbox"]]
        told = " ".join([*said, str(reply or ""), *map(str, opened)])
        if new or gone or after["due"] != before["due"]:
            return Outcome.ALLOWED, told
        if any(words in _unescaped(told) for words in self._refusals):
            return Outcome.REFUSED, told
        return (Outcome.ALLOWED if told.strip() else Outcome.IGNORED), told

    async def _send(self, user: str, tried: Try) -> Any:
        deliveries = self.workplace.sandbox.core.deliveries
        given = _filled(
            tried.given, self.names | {"soon": f"{datetime.now(UTC) + timedelta(days=20):%Y-%m-%d}"}
        )
        if tried.way == "event":
            deliveries.tell(tried.what, self._event(user, tried.what, given))
            await self._taken()
            return None
        payload = getattr(self, f"_{tried.way}")(user, tried.what, given)
        kind = Kind.COMMAND if tried.way == "command" else Kind.INTERACTION
        return await deliveries.ask(kind, tried.what, payload)

    async def _taken(self) -> None:
        deliveries = self.workplace.sandbox.core.deliveries
        await self.workplace.sandbox.until(lambda: not deliveries.unfinished, explain="taken")

    # payloads ------------------------------------------------------------------------------------

    def _common(self, kind: str, user: str) -> Json:
        return {
            "type": kind,
            "team": {"id": TEAM_ID, "domain": "northwind"},
            "user": {"id": user, "username": user, "name": user, "team_id": TEAM_ID},
            "api_app_id": "A0SIGNPOST",
            "trigger_id": self.workplace.sandbox.core.triggers.issue(user),
        }

    def _response(self, user: str, channel: str) -> str:
        core = self.workplace.sandbox.core
        key = core.response_urls.issue(user, self.workplace.sandbox.channel(channel))
        return f"{core.base_url}/response/{key}"

    def _press(self, user: str, action: str, given: Json) -> Json:
        number = next(self._numbers)
        channel = given.get("in", "C0ROLLOUTADMINS")
        element = {"action_id": action, "block_id": "b", "action_ts": f"{number}.5"}
        element |= {"type": "button", "value": given.get("value", "")}
        return self._common("block_actions", user) | {
            "container": {
                "type": "message", "message_ts": "1690000000.000001", "channel_id": channel,
                "is_ephemeral": False,
            },
            "channel": {"id": channel, "name": "x"},
            "response_url": self._response(user, channel),
            "actions": [element],
        }  # fmt: skip

    def _tab(self, user: str, action: str, given: Json) -> Json:
        number = next(self._numbers)
        element = {"action_id": action, "block_id": "b", "action_ts": f"{number}.5"}
        element |= {"type": "button", "value": given.get("value", "")}
        element |= {"selected_options": given["chosen"]} if "chosen" in given else {}
        view = {"id": f"V{number}", "type": "home", "private_metadata": given.get("about", "")}
        container = {"type": "view", "view_id": view["id"]}
        return self._common("block_actions", user) | {
            "container": container, "view": view, "actions": [element]
        }  # fmt: skip

    def _form(self, user: str, callback: str, given: Json) -> Json:
        values = {
            block: {"entered": {"type": "plain_text_input", "value": value}}
            for block, value in given.get("values", {}).items()
        }
        view = {
            "id": f"V{next(self._numbers)}", "type": "modal", "callback_id": callback,
            "private_metadata": given.get("about", ""), "state": {"values": values},
        }  # fmt: skip
        return self._common("view_submission", user) | {"view": view, "response_urls": []}

    def _shortcut(self, user: str, callback: str, given: Json) -> Json:
        payload = self._common("shortcut", user) | {"callback_id": callback}
        if "under" not in given:
            return payload | {"action_ts": "1.5"}
        channel = given["in"]
        message = {"type": "message", "user": user_id("tia"), "text": "try this"}
        root = self._card_ts(given["under"], channel)
        message |= {"ts": "1690000000.000002", "thread_ts": root}
        return payload | {
            "type": "message_action", "action_ts": "1.5", "message_ts": message["ts"],
            "channel": {"id": channel, "name": "x"}, "message": message,
            "response_url": self._response(user, channel),
        }  # fmt: skip

    def _card_ts(self, ticket: str, channel: str) -> str:
        row = self._tables.execute(
            "SELECT posted_ts FROM signpost.outbox WHERE about = %s AND posted_channel = %s",
            [f"ticket:{ticket}", channel],
        ).fetchone()
        return str(row[0]) if row else "1690000000.000009"

    def _command(self, user: str, name: str, given: Json) -> Json:
        channel = given.get("in", "C0ASKIT")
        return {
            "team_id": TEAM_ID, "team_domain": "northwind", "channel_id": channel,
            "channel_name": "x", "user_id": user, "user_name": user, "command": "/signpost",
            "text": given.get("text", name), "api_app_id": "A0SIGNPOST",
            "response_url": self._response(user, channel),
            "trigger_id": self.workplace.sandbox.core.triggers.issue(user),
        }  # fmt: skip

    def _event(self, user: str, kind: str, given: Json) -> Json:
        number = next(self._numbers)
        event = {"type": kind, "user": user, "channel": "C0ASKIT", "channel_type": "channel"}
        event |= {"ts": f"16800{number:05d}.000001", "event_ts": f"16800{number:05d}.000001"}
        if "under" in given:
            event["thread_ts"] = self._card_ts(given["under"], given["event"]["channel"])
        return {
            "type": "event_callback", "team_id": TEAM_ID, "api_app_id": "A0SIGNPOST",
            "event_id": f"Ev{number:08d}", "event_time": 1, "event": event | given["event"],
        }  # fmt: skip

    async def until_cards_are_posted(self) -> None:
        async with asyncio.timeout(10):
            while self._some_wait():  # noqa: ASYNC110 - the bot writes
                await asyncio.sleep(0.05)

    def _some_wait(self) -> bool:
        waiting = "SELECT 1 FROM signpost.outbox WHERE state = 'waiting'"
        return self._tables.execute(waiting).fetchone() is not None


def _filled(value: Any, known: Mapping[str, str]) -> Any:
    """``<name>`` becomes the id of that name."""
    if isinstance(value, str):
        return re.sub(r"<([a-z0-9_-]+)>", lambda found: known[found.group(1)], value)
    if isinstance(value, Mapping):
        return {key: _filled(one, known) for key, one in value.items()}
    return [_filled(one, known) for one in value] if isinstance(value, list) else value


def refusing_words() -> Iterator[str]:
    """For each refusal in each language, the longest part that is the same every time."""
    for path in LOCALES.glob("*.ftl"):
        for line in path.read_text("utf-8").splitlines():
            if found := REFUSING.match(line):
                yield max(re.split(r"\{[^}]*\}", found.group(2)), key=len).strip()


def _unescaped(text: str) -> str:
    return text.replace('\\"', '"')
