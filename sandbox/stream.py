"""The page's stream: server-sent events of what changed, as one person may see it."""

import asyncio
from collections.abc import Iterator

import orjson
from aiohttp import web

from sandbox.acts import Acts
from sandbox.conversation import Channel, Json
from sandbox.core import Core
from sandbox.page_shapes import PageShapes
from sandbox.traffic import Entry
from sandbox.workspace import (
    Change,
    ChannelChanged,
    EphemeralChanged,
    HomeChanged,
    MembershipChanged,
    MessageChanged,
    MessageDeleted,
    MessagePosted,
    Person,
    PersonChanged,
    ReactionChanged,
    ReadChanged,
    ViewsChanged,
)

KEEP_ALIVE = 15.0


class Stream:
    """All open streams; a change is shaped only for those who listen."""

    def __init__(self, core: Core, acts: Acts, shapes: PageShapes) -> None:
        self._core = core
        self._acts = acts
        self._shapes = shapes
        self._open: dict[asyncio.Queue[Json | None], Person] = {}
        core.workspace.listen(self._on_change)
        core.traffic.listeners.append(self._on_traffic)

    def send_to_all(self, event: Json) -> None:
        for queue in self._open:
            queue.put_nowait(event)

    def bot_changed(self) -> None:
        """Tells of the bot's connection."""
        if self._open:
            self.send_to_all({"type": "bot", **self._shapes.bot()})

    def clock_changed(self) -> None:
        self.send_to_all({"type": "clock", **self._core.clock.as_json()})

    def close(self) -> None:
        for queue in self._open:
            queue.put_nowait(None)

    async def serve(self, request: web.Request, me: Person) -> web.StreamResponse:
        """Writes events to one page until it goes away or the sandbox closes."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        self._open[queue] = me
        try:
            await response.write(b": welcome\n\n")
            while (chunk := await _next_chunk(queue)) is not None:
                await response.write(chunk)
        except (ConnectionError, asyncio.CancelledError):
            return response
        finally:
            del self._open[queue]
        return response

    def _on_traffic(self, entry: Entry) -> None:
        if self._open:
            self.send_to_all({"type": "traffic", "entry": entry.as_json()})

    def _on_change(self, change: Change) -> None:
        for queue, me in self._open.items():
            for event in self._events(me, change):
                queue.put_nowait(event)

    def _events(self, me: Person, change: Change) -> Iterator[Json]:
        match change:
            case ViewsChanged(user):
                if user == me.id:
                    yield {"type": "view", "views": self._shapes.views(me)}
            case HomeChanged(user):
                if user == me.id:
                    yield {"type": "home", "view": self._shapes.home(me)}
            case PersonChanged(person):
                yield {"type": "person", "person": self._shapes.person(person)}
            case EphemeralChanged():
                if change.message.ephemeral_to == me.id:
                    yield self._ephemeral(change)
            case ReadChanged():
                if change.user == me.id:
                    yield self._unread(me, change.channel)
            case _:
                if self._acts.sees(me, change.channel) or _concerns(me, change):
                    yield from self._channel_events(me, change)

    def _ephemeral(self, change: EphemeralChanged) -> Json:
        message = change.message
        if change.gone:
            return {"type": "message_deleted", "channel": message.channel, "ts": message.ts}
        return {
            "type": "ephemeral",
            "channel": message.channel,
            "message": self._shapes.message(message),
        }

    def _channel_events(self, me: Person, change: Change) -> Iterator[Json]:
        match change:
            case MessagePosted(channel, message):
                yield self._message("message", channel, message.ts)
                if message.is_reply and (root := channel.find(message.thread_ts or "")):
                    yield self._message("message_changed", channel, root.ts)
                if me.id in channel.members:
                    yield self._unread(me, channel)
            case MessageChanged(channel, message):
                yield self._message("message_changed", channel, message.ts)
            case ReactionChanged(channel, message):
                yield self._message("reaction", channel, message.ts)
            case MessageDeleted(channel, previous):
                yield {
                    "type": "message_deleted",
                    "channel": channel.id,
                    "ts": previous.ts,
                    "thread_ts": previous.thread_ts,
                }
                if previous.is_reply and (root := channel.find(previous.thread_ts or "")):
                    yield self._message("message_changed", channel, root.ts)
            case MembershipChanged(channel) | ChannelChanged(channel):
                yield {"type": "channel", "channel": self._channel(me, channel)}

    def _message(self, kind: str, channel: Channel, ts: str) -> Json:
        message = channel.find(ts)
        shape = None if message is None else self._shapes.message(message)
        return {"type": kind, "channel": channel.id, "message": shape}

    def _channel(self, me: Person, channel: Channel) -> Json:
        if channel.is_im:
            return {**self._shapes.direct_message(me, channel), "kind": "im"}
        return self._shapes.channel(me, channel)

    def _unread(self, me: Person, channel: Channel) -> Json:
        unread, mentions = self._shapes.unread(me, channel)
        return {"type": "unread", "channel": channel.id, "unread": unread, "mentions": mentions}


def _concerns(me: Person, change: Change) -> bool:
    return isinstance(change, MembershipChanged) and change.user == me.id


async def _next_chunk(queue: asyncio.Queue[Json | None]) -> bytes | None:
    try:
        async with asyncio.timeout(KEEP_ALIVE):
            event = await queue.get()
    except TimeoutError:
        return b": keep-alive\n\n"
    return None if event is None else b"data: " + orjson.dumps(event) + b"\n\n"
