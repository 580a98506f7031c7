"""The `/sandbox/*` endpoints, by which the page acts as people; see docs/sandbox-api.md."""

import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import orjson
from aiohttp import web

from sandbox.acts import Acts, Submitted
from sandbox.conversation import Channel, ChannelKind, Json, Message
from sandbox.core import Core
from sandbox.elements import find_element
from sandbox.errors import ActRefused
from sandbox.faults import read_rules
from sandbox.page_shapes import PageShapes
from sandbox.stream import Stream
from sandbox.workspace import Person, View

CLOCK_POLL = 25.0

Answer = Awaitable[Json | None]
Act = Callable[["Given"], Answer]


class Given:
    """What a request of the page gives, read with clear refusals."""

    def __init__(self, core: Core, values: Json) -> None:
        self._workspace = core.workspace
        self.values = values

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if value in (None, ""):
            raise ActRefused("missing", f"The request lacks {name!r}.")
        return str(value)

    def optional(self, name: str) -> str | None:
        value = self.values.get(name)
        return None if value in (None, "") else str(value)

    @property
    def me(self) -> Person:
        return self.person("as")

    def person(self, name: str) -> Person:
        person = self._workspace.find_person(self.text(name))
        if person is None:
            raise ActRefused("person_not_found", f"There is nobody called {self.text(name)!r}.")
        return person

    @property
    def channel(self) -> Channel:
        channel = self._workspace.find_channel(self.text("channel"))
        if channel is None:
            raise ActRefused("channel_not_found", f"There is no channel {self.text('channel')!r}.")
        return channel

    @property
    def message(self) -> Message:
        """The message `ts` of the channel; an ephemeral one only for its reader."""
        channel, ts = self.channel, self.text("ts")
        own = channel.ephemerals.get(self.me.id, [])
        found = channel.find(ts) or next((one for one in own if one.ts == ts), None)
        if found is None:
            raise ActRefused("message_not_found", "That message no longer exists.")
        return found

    @property
    def view(self) -> View:
        view = self._workspace.views.get(self.text("view_id"))
        if view is None or view.user != self.me.id:
            raise ActRefused("view_not_found", "That form is no longer open.")
        return view


class Control:
    """Routes of the page's own API."""

    def __init__(self, core: Core, acts: Acts, shapes: PageShapes, stream: Stream) -> None:
        self._core = core
        self._acts = acts
        self._shapes = shapes
        self._stream = stream

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Adds every endpoint under /sandbox/."""
        for name in ("state", "messages", "views", "traffic", "clock", "faults", "options"):
            router.add_get(f"/sandbox/{name}", self._answering(getattr(self, f"get_{name}")))
        for name in [
            "say",
            "edit",
            "delete",
            "press",
            "submit",
            "close",
            "command",
            "shortcut",
            "home",
            "dm",
            "join",
            "leave",
            "invite",
            "remove",
            "create",
            "archive",
            "unarchive",
            "rename",
            "react",
            "read",
            "faults",
            "clock",
            "pace",
        ]:
            router.add_post(f"/sandbox/{name}", self._answering(getattr(self, name)))
        router.add_delete("/sandbox/faults", self._answering(self.clear_faults))
        router.add_get("/sandbox/stream", self.open_stream)
        router.add_post("/sandbox/upload", self.upload)

    def _answering(self, act: Act) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            try:
                answer = await act(Given(self._core, await _values(request)))
            except ActRefused as refusal:
                return _refusal(refusal)
            return _json({"ok": True} | (answer or {}))

        return handle

    # looking -----------------------------------------------------------------------------------

    async def get_state(self, given: Given) -> Json:
        return self._shapes.state(given.me)

    async def get_messages(self, given: Given) -> Json:
        me, channel = given.me, given.channel
        if not self._acts.sees(me, channel):
            raise ActRefused("channel_not_found", f"{me.name} cannot see that channel.")
        thread_ts, before = given.optional("thread_ts"), given.optional("before")
        messages, more = self._shapes.messages(me, channel, thread_ts, before)
        return {"messages": messages, "has_more": more}

    async def get_views(self, given: Given) -> Json:
        return {"views": self._shapes.views(given.me)}

    async def get_traffic(self, given: Given) -> Json:
        after = int(given.optional("after") or 0)
        return {"entries": [entry.as_json() for entry in self._core.traffic.after(after)]}

    async def get_clock(self, given: Given) -> Json:
        """The clock; with `turns` the answer waits, up to 25 s, until it was set again."""
        seen = given.optional("turns")
        if seen is not None:
            with contextlib.suppress(TimeoutError):
                await self._core.pulse.until(
                    lambda: str(self._core.clock.turns) != seen, CLOCK_POLL, "the clock is set"
                )
        return {"clock": self._core.clock.as_json()}

    async def get_faults(self, given: Given) -> Json:
        return self._shapes.faults()

    async def get_options(self, given: Given) -> Json:
        view = given.view if given.optional("view_id") else None
        message = None if view else given.message
        blocks = view.body["blocks"] if view else message.blocks if message else None
        placed = find_element(blocks, given.optional("block_id"), given.text("action_id"))
        query = given.optional("query") or ""
        return {"options": await self._acts.options(given.me, placed, query, message, view)}

    # acting ------------------------------------------------------------------------------------

    async def say(self, given: Given) -> Json:
        message = self._acts.say(
            given.me,
            given.channel,
            given.optional("text") or "",
            thread_ts=given.optional("thread_ts"),
            files=given.values.get("files") or (),
            broadcast=bool(given.values.get("broadcast")),
        )
        return {"message": self._shapes.message(message)}

    async def edit(self, given: Given) -> Json:
        message = self._acts.edit(given.me, given.message, given.optional("text") or "")
        return {"message": self._shapes.message(message)}

    async def delete(self, given: Given) -> None:
        self._acts.delete(given.me, given.message)

    async def press(self, given: Given) -> None:
        block_id, action_id = given.optional("block_id"), given.text("action_id")
        value, state = given.values.get("value"), given.values.get("state")
        if given.optional("view_id"):
            view = given.view
            placed = find_element(view.body["blocks"], block_id, action_id)
            await self._acts.press_in_view(given.me, view, placed, value, state)
            return
        message = given.message
        placed = find_element(message.blocks, block_id, action_id)
        await self._acts.press_in_message(given.me, message, placed, value, state)

    async def submit(self, given: Given) -> Json:
        view = self._acts.top_view(given.me, given.text("view_id"))
        return _submitted(await self._acts.submit(given.me, view, given.values.get("values") or {}))

    async def close(self, given: Given) -> None:
        view = self._acts.top_view(given.me, given.optional("view_id"))
        whole = bool(given.values.get("whole_stack"))
        await self._acts.close(given.me, view, whole_stack=whole)

    async def command(self, given: Given) -> None:
        text = given.optional("text") or ""
        name, thread_ts = given.text("command"), given.optional("thread_ts")
        await self._acts.command(given.me, given.channel, name, text, thread_ts=thread_ts)

    async def shortcut(self, given: Given) -> None:
        message = given.message if given.optional("ts") else None
        await self._acts.shortcut(given.me, given.text("callback_id"), message)

    async def home(self, given: Given) -> None:
        self._acts.open_home(given.me, given.optional("tab") or "home")

    async def dm(self, given: Given) -> Json:
        channel = self._acts.direct_message(given.me, given.person("with"))
        return {"channel": self._shapes.direct_message(given.me, channel)}

    async def join(self, given: Given) -> None:
        self._acts.join(given.me, given.channel)

    async def leave(self, given: Given) -> None:
        self._acts.leave(given.me, given.channel)

    async def invite(self, given: Given) -> None:
        self._acts.invite(given.me, given.channel, given.person("user"))

    async def remove(self, given: Given) -> None:
        self._acts.remove(given.me, given.channel, given.person("user"))

    async def create(self, given: Given) -> Json:
        kind = ChannelKind(given.optional("kind") or "public")
        channel = self._acts.create(given.me, given.text("name"), kind)
        return {"channel": self._shapes.channel(given.me, channel)}

    async def archive(self, given: Given) -> None:
        self._acts.archive(given.me, given.channel)

    async def unarchive(self, given: Given) -> None:
        self._acts.unarchive(given.me, given.channel)

    async def rename(self, given: Given) -> None:
        self._acts.rename(given.me, given.channel, given.text("name"))

    async def react(self, given: Given) -> None:
        remove = bool(given.values.get("remove"))
        self._acts.react(given.me, given.message, given.text("name"), remove=remove)

    async def read(self, given: Given) -> None:
        self._acts.read(given.me, given.channel, given.optional("ts"))

    # the workings ------------------------------------------------------------------------------

    async def faults(self, given: Given) -> Json:
        for target, fault, settings in read_rules(given.values.get("rules") or given.values):
            self._core.faults.add(target, fault, **settings)
        return self._shapes.faults()

    async def clear_faults(self, given: Given) -> Json:
        self._core.faults.clear()
        return self._shapes.faults()

    async def pace(self, given: Given) -> Json:
        self._core.pace.switched_on = bool(given.values.get("on"))
        return self._shapes.faults()

    async def clock(self, given: Given) -> Json:
        clock = self._core.clock
        match given.text("action"):
            case "pause":
                clock.pause()
            case "resume":
                clock.resume()
            case "speed":
                clock.speed(float(given.text("factor")))
            case "jump_to":
                clock.jump_to(_moment(given.text("moment")))
            case "advance":
                clock.advance(timedelta(seconds=float(given.text("seconds"))))
            case "next_due":
                clock.jump_to_next_due()
            case "due":
                due = given.optional("moment")
                moment = None if due is None else _moment(due)
                clock.next_due = lambda: moment
            case other:
                raise ActRefused("unknown_action", f"The clock cannot {other!r}.")
        return {"clock": clock.as_json()}

    async def open_stream(self, request: web.Request) -> web.StreamResponse:
        try:
            me = Given(self._core, dict(request.query)).me
        except ActRefused as refusal:
            return _refusal(refusal)
        return await self._stream.serve(request, me)

    async def upload(self, request: web.Request) -> web.Response:
        try:
            given = Given(self._core, dict(request.query))
            shape = self._acts.upload(given.me, given.text("name"), await request.read())
        except ActRefused as refusal:
            return _refusal(refusal)
        return _json({"ok": True, "file": shape})


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ActRefused("invalid_moment", f"{text!r} is no ISO date and time.") from None


def _submitted(result: Submitted) -> Json:
    return {"ok": True} if result.ok else {"ok": False, "error": "errors", "errors": result.errors}


async def _values(request: web.Request) -> Json:
    values: dict[str, Any] = dict(request.query)
    if request.method == "POST" and request.can_read_body:
        try:
            body = orjson.loads(await request.read())
        except orjson.JSONDecodeError:
            raise ActRefused("invalid_json", "The request's body is not JSON.") from None
        values |= body if isinstance(body, dict) else {"rules": body}
    return values


def _json(body: Json, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), content_type="application/json", status=status)


def _refusal(refusal: ActRefused) -> web.Response:
    body = {"ok": False, "error": refusal.code, "message": str(refusal)} | refusal.fields
    return _json(body)
