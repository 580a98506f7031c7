"""Socket Mode: up to ten connections, each delivery on any one of them.

docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import contextlib
import random
from collections.abc import Callable
from typing import Any

import orjson
from aiohttp import WSMsgType, web

from sandbox.conversation import Json
from sandbox.delivery import Deliveries, Delivery, Kind
from sandbox.faults import Faults
from sandbox.workspace import short_id

MAX_CONNECTIONS = 10
CONNECTION_TIME = 3_600
PING_EVERY = 10.0
CLOSE_WITHIN = 1.0


class Connection:
    """One open WebSocket and what was sent on it and is not yet acknowledged."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self.socket = socket
        self._transport = transport
        self.waiting: dict[str, Delivery] = {}
        self.retiring = False
        self._outgoing: asyncio.Queue[bytes | None] = asyncio.Queue()

    def send(self, message: Json) -> None:
        self._outgoing.put_nowait(orjson.dumps(message))

    async def write(self) -> None:
        """Writes what is queued, in order, until the connection ends."""
        while (message := await self._outgoing.get()) is not None:
            with contextlib.suppress(ConnectionError):
                await self.socket.send_str(message.decode())

    def abort(self) -> None:
        """Breaks the connection without a word."""
        if self._transport is not None:
            self._transport.abort()

    def stop_writing(self) -> None:
        self._outgoing.put_nowait(None)


class Sockets:
    """All Socket Mode connections of the app; a transport of `Deliveries`."""

    mode = "socket"

    def __init__(
        self,
        app_id: str,
        deliveries: Deliveries,
        faults: Faults,
        changed: Callable[[], None],
        seed: int,
    ) -> None:
        self._app_id = app_id
        self._deliveries = deliveries
        self._faults = faults
        self._changed = changed
        # Which connection gets a delivery follows no pattern; a seed makes a run repeatable.
        self._random = random.Random(seed)  # noqa: S311
        self._tickets: set[str] = set()
        self.connections: list[Connection] = []

    @property
    def connected(self) -> bool:
        return any(not connection.retiring for connection in self.connections)

    def issue_ticket(self) -> str:
        """A single-use ticket for one connection, as apps.connections.open gives in its URL."""
        ticket = short_id("ticket-").lower()
        self._tickets.add(ticket)
        return ticket

    def carry(self, delivery: Delivery) -> None:
        able = [connection for connection in self.connections if not connection.retiring]
        connection = able[0] if len(able) == 1 else self._random.choice(able)
        connection.waiting[delivery.envelope_id] = delivery
        connection.send(_envelope(delivery))

    def cut(self) -> None:
        """Breaks the oldest connection without a word."""
        for connection in self.connections[:1]:
            connection.abort()

    def cut_all(self) -> None:
        for connection in tuple(self.connections):
            connection.abort()

    def disconnect(self, reason: str, closes_after: float = 10.0) -> None:
        """Asks every connection to be renewed: `warning`, `refresh_requested`, `link_disabled`.

        But for a warning, nothing more is delivered on it; after `closes_after` seconds it ends.
        """
        loop = asyncio.get_running_loop()
        for connection in self.connections:
            message = {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
            connection.send(message)
            connection.retiring = reason != "warning"
            loop.call_later(closes_after, connection.abort)

    async def close(self) -> None:
        for connection in tuple(self.connections):
            await connection.socket.close(code=1001)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket endpoint."""
        ticket = request.query.get("ticket", "")
        if self._faults.strike("connect") is not None:
            return web.Response(status=503, text="refused by a fault")
        if ticket not in self._tickets:
            return web.Response(status=403, text="unknown ticket")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(heartbeat=PING_EVERY, max_msg_size=0, timeout=CLOSE_WITHIN)
        await socket.prepare(request)
        if len(self.connections) >= MAX_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        await self._serve(Connection(socket, request.transport))
        return socket

    async def _serve(self, connection: Connection) -> None:
        self.connections.append(connection)
        connection.send(self._hello())
        writer = asyncio.create_task(connection.write())
        self._changed()
        try:
            async for message in connection.socket:
                if message.type is WSMsgType.TEXT:
                    self._receive(connection, message.data)
        finally:
            connection.stop_writing()
            writer.cancel()
            self.connections.remove(connection)
            self._changed()
            for envelope_id, delivery in connection.waiting.items():
                self._deliveries.fail(delivery, envelope_id, "connection_failed")

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "connection_info": {"app_id": self._app_id},
            "debug_info": {
                "host": "sandbox",
                "approximate_connection_time": CONNECTION_TIME,
            },
        }

    def _receive(self, connection: Connection, text: str) -> None:
        answer: Any = orjson.loads(text)
        envelope_id = str(answer.get("envelope_id"))
        delivery = connection.waiting.pop(envelope_id, None)
        if delivery is not None:
            self._deliveries.acknowledge(delivery, envelope_id, answer.get("payload"))


def _envelope(delivery: Delivery) -> Json:
    envelope: Json = {
        "envelope_id": delivery.envelope_id,
        "type": delivery.kind.value,
        "payload": delivery.payload,
        "accepts_response_payload": delivery.kind is not Kind.EVENT,
    }
    if delivery.kind is Kind.EVENT:
        envelope["retry_attempt"] = delivery.attempt
        envelope["retry_reason"] = delivery.reason
    return envelope
