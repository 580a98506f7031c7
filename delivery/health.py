"""``GET /healthz`` and ``GET /metrics``, on loopback unless told otherwise."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from aiohttp import web
from prometheus_client import REGISTRY, CollectorRegistry, Gauge, generate_latest

from delivery.clock import Clock
from storage.errors import StoreError
from storage.port import Backlog, Store

STUCK_AFTER = timedelta(minutes=5)
"""An outbox item due for so long means that nothing goes out."""

Check: TypeAlias = Callable[[], Awaitable[str | None]]
"""Gives ``None`` when well, else what is wrong."""


@dataclass(frozen=True)
class Health:
    """Asks each part how it is."""

    store: Store
    clock: Clock
    checks: tuple[Check, ...]

    async def problems(self) -> list[str]:
        """What is wrong now; empty when all is well."""
        found = [problem for check in self.checks if (problem := await check())]
        return found + await self._store_problems()

    async def _store_problems(self) -> list[str]:
        try:
            await self.store.health()
            backlog = await self.store.backlog(self.clock.now())
        except StoreError as error:
            return [f"store: {error}"]
        if backlog.oldest_due and self.clock.now() - backlog.oldest_due > STUCK_AFTER:
            return [f"outbox: an item has been due since {backlog.oldest_due.isoformat()}"]
        return []

    async def backlog(self) -> Backlog:
        """What waits; nothing is told while the store is away, which ``problems`` tells."""
        try:
            return await self.store.backlog(self.clock.now())
        except StoreError:
            return Backlog()


@dataclass(frozen=True)
class JointHealth:
    """The health of several workspaces, by the names of them that are served now; ``unserved``
    says of the others what people must mend."""

    healths: Callable[[], Mapping[str, Health]]
    unserved: Callable[[], Mapping[str, str]] = dict

    async def problems(self) -> list[str]:
        """What is wrong, and where."""
        not_served = [f"{name}: not served: {why}" for name, why in self.unserved().items()]
        return not_served + [
            f"{name}: {problem}"
            for name, health in self.healths().items()
            for problem in await health.problems()
        ]

    async def backlog(self) -> Backlog:
        """What waits in all of them together."""
        waiting = [await health.backlog() for health in self.healths().values()]
        lanes = {lane for one in waiting for lane in one.outbox}
        return Backlog(
            outbox={lane: sum(one.outbox.get(lane, 0) for one in waiting) for lane in lanes},
            due=sum(one.due for one in waiting),
            dead=sum(one.dead for one in waiting),
        )


def waiting_page(problem: Callable[[], str]) -> web.Application:
    """``/healthz`` of a bot that cannot start yet, with what it waits for."""

    async def healthz(request: web.Request) -> web.Response:
        return web.json_response({"ok": False, "problems": [problem()]}, status=503)

    page = web.Application()
    page.router.add_get("/healthz", healthz)
    return page


class HealthPages:
    """The two pages, as an aiohttp application."""

    def __init__(self, health: Health | JointHealth) -> None:
        self._health = health
        self._registry = registry = CollectorRegistry()
        self._waiting = Gauge(
            "signpost_outbox_waiting", "Messages to be sent", ["lane"], registry=registry
        )
        self._due = Gauge("signpost_due_waiting", "Commands waiting", registry=registry)
        self._dead = Gauge("signpost_outbox_dead", "Messages given up", registry=registry)

    def application(self) -> web.Application:
        pages = web.Application()
        pages.router.add_get("/healthz", self._healthz)
        pages.router.add_get("/metrics", self._metrics)
        return pages

    async def _healthz(self, request: web.Request) -> web.Response:
        problems = await self._health.problems()
        status = 503 if problems else 200
        return web.json_response({"ok": not problems, "problems": problems}, status=status)

    async def _metrics(self, request: web.Request) -> web.Response:
        backlog = await self._health.backlog()
        for lane, count in backlog.outbox.items():
            self._waiting.labels(lane).set(count)
        self._due.set(backlog.due)
        self._dead.set(backlog.dead)
        return web.Response(
            body=generate_latest(REGISTRY) + generate_latest(self._registry),
            content_type="text/plain",
            charset="utf-8",
        )
