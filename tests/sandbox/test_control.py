"""The page's own API: what it shows, what it does, what it refuses."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import orjson
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from sandbox.conversation import Json
from tests.sandbox.conftest import ListeningBot, modal, posted_card


class Page:
    """The page's requests, as one person."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession, name: str) -> None:
        self._url = f"{sandbox.url}/sandbox/"
        self._session = session
        self._name = name

    async def get(self, what: str, **query: str) -> Any:
        query = {"as": self._name, **query}
        return await (await self._session.get(self._url + what, params=query)).json()

    async def post(self, what: str, **body: Any) -> Any:
        body = {"as": self._name, **body}
        return await (await self._session.post(self._url + what, json=body)).json()

    async def stream(self) -> aiohttp.ClientResponse:
        """An open stream, after its greeting."""
        response = await self._session.get(f"{self._url}stream", params={"as": self._name})
        await response.content.readuntil(b"\n\n")
        return response


async def next_of(stream: aiohttp.ClientResponse, kind: str) -> Json:
    """The next event of a kind from a stream."""
    async with asyncio.timeout(5):
        while True:
            line = await stream.content.readuntil(b"\n\n")
            event: Json = orjson.loads(line.removeprefix(b"data: "))
            if event["type"] == kind:
                return event


@pytest.fixture
async def page(sandbox: Sandbox) -> AsyncIterator[Page]:
    async with aiohttp.ClientSession() as session:
        yield Page(sandbox, session, "alice")


@pytest.fixture
async def guests_page(sandbox: Sandbox) -> AsyncIterator[Page]:
    async with aiohttp.ClientSession() as session:
        yield Page(sandbox, session, "gus")


async def test_the_state_shows_what_a_person_may_see(page: Page, guests_page: Page) -> None:
    alices, guests = await page.get("state"), await guests_page.get("state")

    assert ("U0ALICE", "en") == (alices["me"]["id"], alices["me"]["language"])
    names = {channel["name"] for channel in alices["channels"]}
    assert {"ask-it", "archived-project", "partners"} < names
    assert "tier-1" not in names
    assert ["general"] == [channel["name"] for channel in guests["channels"]]
    assert [("D0ALICE", True)] == [(one["id"], one["is_app"]) for one in alices["dms"]]
    assert {"connected": False, "user_id": "U0SIGNPOST"}.items() <= alices["bot"].items()


async def test_saying_shows_up_as_a_message_and_as_unread_for_others(
    sandbox: Sandbox, page: Page
) -> None:
    said = await page.post("say", channel="C0ASKIT", text="how? @adam")

    shown = await page.get("messages", channel="C0ASKIT")

    assert said["message"] == shown["messages"][0]
    async with aiohttp.ClientSession() as session:
        adams = await Page(sandbox, session, "adam").get("state")
    channel = next(one for one in adams["channels"] if one["id"] == "C0ASKIT")
    assert (1, 1) == (channel["unread"], channel["mentions"])


async def test_reading_clears_the_unread_mark(sandbox: Sandbox, page: Page) -> None:
    message = await sandbox.person("adam").says("#ask-it", "news")

    before = (await page.get("state"))["unread"]["C0ASKIT"]
    await page.post("read", channel="C0ASKIT", ts=message.ts)

    assert (1, 0) == (before, (await page.get("state"))["unread"]["C0ASKIT"])


@pytest.mark.parametrize(
    ("act", "body", "code"),
    [
        ("say", {"channel": "C0ASKIT", "text": "  "}, "no_text"),
        ("say", {"channel": "C0RETAIL", "text": "hi"}, "not_in_channel"),
        ("say", {"channel": "C0ARCHIVEDPROJECT", "text": "hi"}, "is_archived"),
        ("say", {"channel": "C0NONE", "text": "hi"}, "channel_not_found"),
        ("say", {"text": "hi"}, "missing"),
        ("say", {"as": "nobody", "channel": "C0ASKIT", "text": "hi"}, "person_not_found"),
        ("edit", {"channel": "C0ASKIT", "ts": "1.0", "text": "hi"}, "message_not_found"),
        ("submit", {"view_id": "V0NONE"}, "view_not_found"),
        ("join", {"channel": "C0TIER1"}, "cannot_join"),
        ("clock", {"action": "rewind"}, "unknown_action"),
        ("clock", {"action": "jump_to", "moment": "soon"}, "invalid_moment"),
        ("faults", {"rules": [{"fault": "gremlins"}]}, "unknown_fault"),
        ("create", {"name": "general"}, "name_taken"),
    ],
)
async def test_what_a_person_cannot_do_is_refused_in_words(
    page: Page, act: str, body: Json, code: str
) -> None:
    answer = await page.post(act, **body)

    assert (False, code) == (answer["ok"], answer["error"])
    assert answer["message"].endswith(".")


async def test_a_private_channel_cannot_be_read_from_outside(page: Page) -> None:
    answer = await page.get("messages", channel="C0TIER1")

    assert "channel_not_found" == answer["error"]


async def test_own_messages_are_edited_deleted_and_reacted_to(sandbox: Sandbox, page: Page) -> None:
    said = (await page.post("say", channel="C0ASKIT", text="helo"))["message"]
    place = {"channel": "C0ASKIT", "ts": said["ts"]}

    edited = await page.post("edit", **place, text="hello")
    await page.post("react", **place, name="wave")
    twice = await page.post("react", **place, name="wave")
    reacted = (await page.get("messages", channel="C0ASKIT"))["messages"][0]["reactions"]
    await page.post("delete", **place)

    assert "hello" == edited["message"]["text"]
    assert "already_reacted" == twice["error"]
    assert [{"name": "wave", "users": ["U0ALICE"], "count": 1}] == reacted
    assert [] == sandbox.messages_in("ask-it")


async def test_a_thread_is_shown_with_its_root_and_own_ephemerals(
    page: Page, client: AsyncWebClient
) -> None:
    root = (await page.post("say", channel="C0ASKIT", text="root"))["message"]
    place = {"channel": "C0ASKIT", "thread_ts": root["ts"]}
    await client.chat_postMessage(**place, text="reply")
    await client.chat_postEphemeral(**place, user="U0ALICE", text="psst")

    thread = (await page.get("messages", **place))["messages"]

    assert ["root", "reply", "psst"] == [message["text"] for message in thread]
    assert thread[2]["ephemeral"]


async def test_a_press_opens_a_form_whose_errors_are_shown(
    sandbox: Sandbox, page: Page, bot: ListeningBot
) -> None:
    card = await posted_card(sandbox, bot.client.web_client)
    pressed = await page.post(
        "press", channel="C0ASKIT", ts=card.ts, block_id="row", action_id="solved"
    )
    trigger = bot.payloads("block_actions")[0]["trigger_id"]
    await bot.client.web_client.views_open(trigger_id=trigger, view=modal())
    view = (await page.get("views"))["views"][0]

    refused = await page.post("submit", view_id=view["id"], values={})
    taken = await page.post(
        "submit", view_id=view["id"], values={"what": {"text": {"type": "x", "value": "it broke"}}}
    )

    assert {"ok": True} == pressed == taken
    assert {"what": "Please complete this required field."} == refused["errors"]
    assert [] == (await page.get("views"))["views"]


async def test_a_press_the_app_does_not_take_is_told(
    sandbox: Sandbox, page: Page, client: AsyncWebClient
) -> None:
    card = await posted_card(sandbox, client)

    answer = await page.post("press", channel="C0ASKIT", ts=card.ts, action_id="solved")

    assert (False, "not_acknowledged") == (answer["ok"], answer["error"])


async def test_channel_life(sandbox: Sandbox, page: Page) -> None:
    created = (await page.post("create", name="help-me"))["channel"]
    place = {"channel": created["id"]}

    await page.post("invite", **place, user="signpost")
    await page.post("rename", **place, name="help-us")
    await page.post("archive", **place)
    refused = await page.post("say", **place, text="hi")
    await page.post("unarchive", **place)
    await page.post("leave", **place)
    await page.post("join", **place)

    channel = sandbox.channel("help-us")
    assert "is_archived" == refused["error"]
    assert ["U0SIGNPOST", "U0ALICE"] == list(channel.members)


async def test_a_direct_message_with_a_colleague_is_not_the_bots_business(
    sandbox: Sandbox, page: Page, bot: ListeningBot
) -> None:
    channel = (await page.post("dm", **{"with": "adam"}))["channel"]

    await page.post("say", channel=channel["id"], text="psst")

    assert ("U0ADAM", False) == (channel["with"], channel["is_app"])
    assert [] == bot.received


async def test_files_are_uploaded_shared_and_served(sandbox: Sandbox, page: Page) -> None:
    async with aiohttp.ClientSession() as session:
        url = f"{sandbox.url}/sandbox/upload"
        query = {"as": "alice", "name": "screen.png"}
        file = (await (await session.post(url, params=query, data=b"pixels")).json())["file"]
        said = await page.post("say", channel="C0ASKIT", text="", files=[file["id"]])
        served = await (await session.get(said["message"]["files"][0]["url_private"])).read()

    assert b"pixels" == served


async def test_the_stream_tells_what_happens_where_the_person_sees_it(
    sandbox: Sandbox, page: Page, client: AsyncWebClient
) -> None:
    stream = await page.stream()

    await sandbox.person("tia").says("#tier-1", "secret")
    await sandbox.person("adam").says("#ask-it", "public")
    message = await next_of(stream, "message")
    unread = await next_of(stream, "unread")
    await client.chat_postEphemeral(channel="C0ASKIT", user="U0ALICE", text="psst")
    whisper = await next_of(stream, "ephemeral")
    await client.views_publish(user_id="U0ALICE", view={"type": "home", "blocks": []})
    home = await next_of(stream, "home")

    assert ("public", "C0ASKIT", 1) == (
        message["message"]["text"],
        unread["channel"],
        unread["unread"],
    )
    assert "psst" == whisper["message"]["text"]
    assert "home" == home["view"]["type"]
    stream.close()


async def test_the_stream_tells_of_changes_deletions_views_and_the_bot(
    sandbox: Sandbox, page: Page, client: AsyncWebClient
) -> None:
    stream = await page.stream()
    alice = sandbox.person("alice")

    message = await alice.says("#ask-it", "befor")
    await alice.edits(message, "before")
    changed = await next_of(stream, "message_changed")
    await alice.deletes(message)
    deleted = await next_of(stream, "message_deleted")
    await client.views_open(trigger_id=sandbox.core.triggers.issue(alice.id), view=modal())
    views = await next_of(stream, "view")
    listening = ListeningBot(sandbox)
    await listening.connects()
    bot = await next_of(stream, "bot")
    await listening.leaves()

    assert "before" == changed["message"]["text"]
    assert message.ts == deleted["ts"]
    assert 1 == len(views["views"])
    assert (True, "socket") == (bot["connected"], bot["mode"])
    stream.close()


async def test_clock_and_faults_are_set_from_the_page(sandbox: Sandbox, page: Page) -> None:
    paused = await page.post("clock", action="pause")
    jumped = await page.post("clock", action="jump_to", moment="2027-03-01T09:00:00+00:00")
    stepped = await page.post("clock", action="advance", seconds=60)
    rules = [{"method": "chat.postMessage", "fault": "ratelimit", "times": 2}]
    faults = await page.post("faults", rules=rules)
    await page.post("pace", on=True)
    shown = await page.get("faults")

    assert paused["clock"]["paused"]
    assert "2027-03-01T09:00:00+00:00" == jumped["clock"]["now"]
    assert "2027-03-01T09:01:00+00:00" == stepped["clock"]["now"]
    assert ("chat.postMessage", 2) == (faults["rules"][0]["target"], faults["rules"][0]["times"])
    assert shown["pace"]


async def test_the_inspector_shows_both_directions(
    page: Page, client: AsyncWebClient, bot: ListeningBot, sandbox: Sandbox
) -> None:
    await page.post("say", channel="C0ASKIT", text="how?")
    await sandbox.settled()
    await client.chat_postMessage(channel="C0ASKIT", text="so")
    await sandbox.settled()

    entries = (await page.get("traffic", after="0"))["entries"]

    seen = {(one["direction"], one["kind"], one["name"], one["outcome"]) for one in entries}
    assert ("to_bot", "event", "message", "acked") in seen
    assert ("from_bot", "method", "chat.postMessage", "ok") in seen
    assert not any("token" in one["body"] for one in entries if one["kind"] == "method")
    last = entries[-1]["number"]
    assert [] == (await page.get("traffic", after=str(last)))["entries"]


async def test_a_bot_elsewhere_follows_the_clock_and_reports_what_is_due(
    sandbox: Sandbox, page: Page
) -> None:
    turns = (await page.get("clock"))["clock"]["turns"]
    waiting = asyncio.create_task(page.get("clock", turns=str(turns)))
    await page.post("clock", action="pause")
    woken = (await waiting)["clock"]

    await page.post("clock", action="due", moment="2030-01-01T00:00:00+00:00")
    jumped = await page.post("clock", action="next_due")
    await page.post("clock", action="due")
    nothing = await page.post("clock", action="next_due")

    assert turns + 1 == woken["turns"]
    assert "2030-01-01T00:00:00+00:00" == jumped["clock"]["now"]
    assert "nothing_due" == nothing["error"]


async def test_tabs_that_the_manifest_switches_off_are_off() -> None:
    off = {"features": {"app_home": {"home_tab_enabled": False, "messages_tab_enabled": False}}}
    async with Sandbox(manifest=off) as sandbox, aiohttp.ClientSession() as session:
        page = Page(sandbox, session, "alice")

        home = await page.post("home")
        words = await page.post("say", channel="D0ALICE", text="hi")

        assert ("home_disabled", "messages_tab_disabled") == (home["error"], words["error"])


async def test_the_pages_files_are_served_with_a_strict_policy(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        page = await session.get(sandbox.url)
        style = await session.get(f"{sandbox.url}/page/style.css")
        outside = await session.get(f"{sandbox.url}/page/..%2Fserver.py")

    assert [200, 200, 404] == [page.status, style.status, outside.status]
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "no-store" == style.headers["Cache-Control"]
