"""A place to announce from: the true Bolt app and a true store, with Slack's part written down."""

import itertools
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from delivery.due import DueRunner
from handlers.announcing import (
    AnnouncingDesk,
    add_announcing_commands,
    announcing_deciders,
    register_announcing,
)
from handlers.announcing_plans import PlanInForce
from handlers.app import build_app
from handlers.catalogue import Catalogue
from handlers.commands import CommandRouter, privately, register_commands
from handlers.decision import Decision
from handlers.intake import Intake
from handlers.notices import Notices
from handlers.payloads import Commanded
from helpdesk.errors import RolesUnknown
from helpdesk.people import Person
from knowledge.article import Article, Language, Library
from rollout.announcement import Announcement, announcement_id
from rollout.plan import Plan
from rollout.values import Company
from sandbox.limits import Complaint, explain_message, explain_view
from storage.kinds import ANNOUNCEMENT, FAILED_PAYLOAD
from storage.opening import open_store
from storage.outbox import (
    Content,
    Edit,
    InChannel,
    ItemMessage,
    Lane,
    OutboxLease,
    Persona,
    Post,
    Posted,
    Respond,
    ToPerson,
    UnderItem,
    Whisper,
    Withdraw,
)
from storage.port import Store

TEAM, ADMINS = "T0NORTHWIND", "C0ROLLOUTADMINS"
ADA, AXEL, ALICE, SPONSOR = "U0ADA", "U0AXEL", "U0ALICE", "U0BOSS"


@dataclass
class Message:
    """A message as Slack shows it now."""

    channel: str
    ts: str
    content: Content
    persona: Persona | None = None
    edits: int = 0

    @property
    def text(self) -> str:
        return self.content.text

    def elements(self) -> list[Mapping[str, Any]]:
        return [
            element
            for block in self.content.blocks
            if block["type"] == "actions"
            for element in block["elements"]
        ]

    def labels(self) -> list[str]:
        return [str(one["text"]["text"]) for one in self.elements() if one["type"] == "button"]


@dataclass
class RolesBook:
    """Who is in which channel; ``away`` when Slack does not tell."""

    channels: dict[str, frozenset[str]]
    away: bool = False

    async def is_member(self, channel: str, user: str) -> bool:
        return user in await self.members(channel)

    async def members(self, channel: str) -> frozenset[str]:
        if self.away:
            raise RolesUnknown(channel)
        return self.channels.get(channel, frozenset())

    async def channels_of(self, user: str) -> frozenset[str]:
        if self.away:
            raise RolesUnknown(user)
        return frozenset(one for one, members in self.channels.items() if user in members)

    def joined(self, channel: str, user: str) -> None:
        self.channels[channel] = self.channels.get(channel, frozenset()) | {user}

    def left(self, channel: str, user: str) -> None:
        self.channels[channel] = self.channels.get(channel, frozenset()) - {user}


@dataclass
class PeopleBook:
    """Everybody is a member; ``zones`` and ``locales`` by user id."""

    zones: dict[str, str] = field(default_factory=dict)
    locales: dict[str, str] = field(default_factory=dict)
    guests: frozenset[str] = frozenset()

    async def person(self, user: str) -> Person:
        return Person(
            user,
            TEAM,
            user,
            locale=self.locales.get(user, ""),
            timezone=self.zones.get(user, ""),
            guest=user in self.guests,
        )

    def forget(self, user: str) -> None:
        """Nothing is remembered."""


@dataclass
class Screen:
    """The modals that were opened."""

    views: list[Mapping[str, Any]] = field(default_factory=list)

    async def open(self, trigger_id: str, view: Mapping[str, Any]) -> bool:
        _must_be_within_limits(explain_view(view))
        self.views.append(view)
        return True


@dataclass(frozen=True)
class Shelf:
    """The knowledge that announcing needs: guides."""

    library: Library

    @property
    def current(self) -> "Shelf":
        return self


@dataclass
class Time:
    at: datetime
    factor: float = 1.0

    def now(self) -> datetime:
        return self.at


@dataclass
class Bureau:
    """The app, its store, and what reached Slack."""

    desk: AnnouncingDesk
    app: AsyncApp
    store: Store
    clock: Time
    screen: Screen
    roles: RolesBook
    people: PeopleBook
    due: DueRunner
    broken: dict[str, str] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    whispers: list[tuple[str, str]] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def commands(self, user: str, text: str) -> None:
        body = {
            "command": "/signpost",
            "text": text,
            "team_id": TEAM,
            "user_id": user,
            "channel_id": "C0GENERAL",
            "trigger_id": f"t{next(self.numbers)}",
            "response_url": "http://127.0.0.1:1/respond",
        }
        await self._dispatch(body)

    async def presses(self, user: str, message: Message, label: str) -> None:
        element = next(
            one
            for one in message.elements()
            if one["type"] == "button" and one["text"]["text"] == label
        )
        await self.presses_element(user, message, element["action_id"], {"value": element["value"]})

    async def chooses(self, user: str, message: Message, label: str) -> None:
        """An entry of an overflow menu."""
        menu, chosen = next(
            (one, entry)
            for one in message.elements()
            if one["type"] == "overflow"
            for entry in one["options"]
            if entry["text"]["text"] == label
        )
        await self.presses_element(user, message, menu["action_id"], {"selected_option": chosen})

    async def selects(self, user: str, message: Message, label: str) -> None:
        """An option of a select menu."""
        menu, chosen = next(
            (one, entry)
            for one in message.elements()
            if one["type"] == "static_select"
            for entry in one["options"]
            if entry["text"]["text"] == label
        )
        await self.presses_element(user, message, menu["action_id"], {"selected_option": chosen})

    async def presses_element(
        self, user: str, message: Message, action_id: str, value: Mapping[str, Any]
    ) -> None:
        number = next(self.numbers)
        body = {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": user},
            "trigger_id": f"t{number}",
            "container": {"message_ts": message.ts, "channel_id": message.channel},
            "actions": [
                {"action_id": action_id, "action_ts": f"{number}.0", "block_id": "b", **value}
            ],
        }
        await self._dispatch(body)

    async def submits(
        self, user: str, view: Mapping[str, Any], values: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        """The form sent in; gives what the acknowledgement said."""
        entered = {
            block["block_id"]: {"any": _entered(block, (values or {}).get(block["block_id"]))}
            for block in view["blocks"]
            if block["type"] == "input"
        }
        body = {
            "type": "view_submission",
            "team": {"id": TEAM},
            "user": {"id": user},
            "view": {
                "id": f"V{next(self.numbers)}",
                "type": "modal",
                "callback_id": view["callback_id"],
                "private_metadata": view.get("private_metadata", ""),
                "state": {"values": entered},
            },
        }
        return await self._dispatch(body)

    async def confirms(self, user: str) -> Mapping[str, Any]:
        """The last modal, sent in as it is."""
        return await self.submits(user, self.screen.views[-1])

    async def drafts(self, planned: str, user: str = ADA) -> Message:
        """A planned message prepared; gives its card."""
        await self.commands(user, "announce")
        await self.submits(user, self.screen.views[-1], {"planned": planned})
        await self.settled()
        return self.card(planned)

    async def announced(self, planned: str) -> Message:
        """Prepared by Ada, approved by Axel, and its time has come; gives its card."""
        await self.presses(AXEL, await self.drafts(planned), "Approve")
        await self.passes(until=(await self.announcement(planned)).sends_at)
        await self.passes(timedelta(seconds=4))
        return self.card(planned)

    async def passes(self, span: timedelta = timedelta(0), until: datetime | None = None) -> None:
        """Time goes on, due commands are decided, and the outbox is sent."""
        self.clock.at = until or self.clock.at + span
        await self.settled()

    async def settled(self) -> None:
        busy = True
        while busy:
            busy = bool(await self.due.run_once()) or await self._sends()

    def card(self, planned: str) -> Message:
        wanted = f"announcement-card:{self.record_id(planned)}:"
        return [one for key, one in self.messages.items() if key.startswith(wanted)][-1]

    def cards(self) -> list[Message]:
        return [one for key, one in self.messages.items() if key.startswith("announcement-card:")]

    def in_channel(self, channel: str) -> list[Message]:
        return [one for one in self.messages.values() if one.channel == channel]

    def record_id(self, planned: str) -> str:
        return announcement_id(TEAM, self.desk.plan.settings.year, planned)

    async def announcement(self, planned: str) -> Announcement:
        stored = await self.store.get(ANNOUNCEMENT, self.record_id(planned))
        assert stored is not None
        return stored.record

    async def all_announcements(self) -> list[Announcement]:
        return [one.record for one in await self.store.find(ANNOUNCEMENT, "team", TEAM)]

    async def _dispatch(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        request = AsyncBoltRequest(mode="socket_mode", body=dict(body))
        response = await self.app.async_dispatch(request)
        assert 200 == response.status, response.body
        day = self.clock.at.date().isoformat()
        failed = await self.store.find(FAILED_PAYLOAD, "day", day)
        assert not failed, failed[0].record.error
        await self.settled()
        answer: Mapping[str, Any] = json.loads(response.body) if response.body else {}
        if "view" in answer:
            _must_be_within_limits(explain_view(answer["view"]))
        return answer

    async def _sends(self) -> bool:
        sent = False
        for lane in Lane:
            leases = await self.store.lease_outbox(
                lane, "slack", self.clock.at, limit=500, lease_for=timedelta(minutes=1)
            )
            for lease in leases:
                await self._send(lease)
                sent = True
        return sent

    async def _send(self, lease: OutboxLease) -> None:
        if isinstance(lease.item.call, Post | Edit | Whisper | Respond):
            _must_be_within_limits(explain_message(_payload(lease.item.call.content)))
        match lease.item.call:
            case Post(to, content, _, persona):
                await self._post(lease, _channel(to), content, persona)
                return
            case Edit(ItemMessage(key), content):
                shown = self.messages[key]
                shown.content = content
                shown.edits += 1
            case Withdraw(ItemMessage(key)):
                del self.messages[key]
            case Whisper(_, user, content):
                self.whispers.append((user, content.text))
            case Respond(_, content):
                self.replies.append(content.text)
        await self.store.finish_outbox(lease, None)

    async def _post(
        self, lease: OutboxLease, channel: str, content: Content, persona: Persona | None
    ) -> None:
        if channel in self.broken:
            await self.store.bury_outbox(lease, self.broken[channel])
            return
        ts = f"{next(self.numbers)}.000100"
        assert lease.item.key not in self.messages, "posted twice"
        self.messages[lease.item.key] = Message(channel, ts, content, persona)
        await self.store.finish_outbox(lease, Posted(channel, ts))


async def _asked(commanded: Commanded, now: datetime) -> Decision:
    """Any other text after the command is a question."""
    return Decision(outbox=(privately(commanded, Content("a question"), now),))


def _payload(content: Content) -> dict[str, Any]:
    return {"text": content.text, "blocks": [dict(block) for block in content.blocks]}


def _must_be_within_limits(complaint: Complaint | None) -> None:
    assert complaint is None, complaint


def _channel(to: InChannel | ToPerson | UnderItem) -> str:
    match to:
        case InChannel(channel):
            return channel
        case ToPerson(user):
            return f"D{user}"
        case UnderItem(key):
            return key


def _entered(block: Mapping[str, Any], value: str | None) -> Mapping[str, Any]:
    """What an input holds: ``value``, else what it began with."""
    element = block["element"]
    match element["type"]:
        case "plain_text_input":
            return {"value": element.get("initial_value") if value is None else value}
        case "datepicker":
            return {"selected_date": value or element.get("initial_date")}
        case "timepicker":
            return {"selected_time": value or element.get("initial_time")}
        case "conversations_select":
            return {"selected_conversation": value}
        case "multi_conversations_select":
            chosen = value.split(",") if value else []
            known = element.get("initial_conversations", [])
            return {"selected_conversations": known if value is None else chosen}
        case "multi_static_select":
            chosen = value.split(",") if value else []
            return {"selected_options": [{"value": one} for one in chosen]}
        case _:
            first = element.get("initial_option")
            return {"selected_option": {"value": value} if value else first}


def _guides() -> Library:
    return Library(
        Article(
            id=f"enroll-{platform}",
            language=language,
            title=f"Enroll {platform} {language}",
            phrasings=("x",),
            summary="Open Settings.",
            body="Open Settings.",
        )
        for platform in ("windows", "macos", "ios", "android")
        for language in Language
    )


@asynccontextmanager
async def open_bureau(folder: Path, plan: Plan, now: datetime) -> AsyncIterator[Bureau]:
    """A bureau with a store in ``folder``, at the moment ``now``."""
    store = await open_store(f"tinydb:{folder}")
    clock, screen = Time(now), Screen()
    roles = RolesBook({ADMINS: frozenset({ADA, AXEL}), "C0IT": frozenset({ALICE, ADA, AXEL})})
    notices = Notices(Catalogue(), Language.EN, TEAM, ADMINS)
    people = PeopleBook()
    desk = AnnouncingDesk(
        store=store,
        roles=roles,
        people=people,
        catalogue=notices.catalogue,
        knowledge=Shelf(_guides()),  # type: ignore[arg-type]
        plans=PlanInForce(plan, folder / "plan.yaml"),
        company=Company({"company_name": "Northwind Rehearsal"}),
        team=TEAM,
        admin_channel=ADMINS,
        default_language=Language.EN,
        tier_channels=("C0TIER1", "C0TIER2", "C0TIER3"),
    )
    identity = AuthorizeResult(
        enterprise_id=None, team_id=TEAM, bot_user_id="UBOT", bot_id="BBOT", bot_token="xoxb-1"
    )
    app = build_app(
        AsyncWebClient(token="xoxb-1", base_url="http://127.0.0.1:1/"), lambda: identity, None
    )
    intake, router = Intake(store, clock.now, notices, screen), CommandRouter(_asked)
    add_announcing_commands(router, desk)
    register_announcing(app, intake, desk)
    register_commands(app, intake, router)
    due = DueRunner(store, clock, "test", announcing_deciders(desk))
    try:
        yield Bureau(desk, app, store, clock, screen, roles, people, due)
    finally:
        await store.close()
