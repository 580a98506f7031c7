"""Several replicas over one PostgreSQL: any of them takes anything, order is kept, and what one
learns the others know."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from commandline.sandbox import sandbox_environment
from knowledge.matching import Outcome, Query
from knowledge.watching import Knowledge
from running.bot import Bot
from sandbox.server import Sandbox
from settings import read_settings
from storage.opening import open_store
from storage.outbox import Content, InChannel, Lane, OutboxItem, Post
from storage.port import Commit
from tests.conversations.counter import Counter
from tests.conversations.test_learning import WORDS, proposed_by_tia
from tests.endstate import all_sent, faults_in
from tests.faults.test_kill_asking import few_articles
from tests.payload_types import SENT
from tests.postgresql import free_port
from tests.workplace import Workplace, eventually

__all__ = ["few_articles"]

COMPANY = Path(__file__).parents[2] / "sandbox" / "company.yaml"
REPLICAS = 2
EVERYWHERE_WITHIN = 2.0
TAKEN_OVER_WITHIN = 3.0
"""Seconds after the end of a lease."""
SAID = 12


@dataclass
class Replicas:
    """The workplace, and what each replica knows."""

    workplace: Workplace
    bots: list[Bot]
    known: list[Knowledge]


@asynccontextmanager
async def opened(articles: Path, url: str, *, http: bool = False) -> AsyncIterator[Replicas]:
    """Replicas that share a store and the sandbox's clock, over Socket Mode or behind a load
    balancer."""
    async with AsyncExitStack() as parts:
        sandbox = await parts.enter_async_context(Sandbox(pace=False))
        SENT.listen(sandbox.core.traffic)
        shared = sandbox_environment(sandbox, url) | {"SLACK_PACE": "OFF", "CLOCK_URL": ""}
        found = Replicas(Workplace(sandbox, shared), [], [])
        ports = []
        for _ in range(REPLICAS):
            ports.append(free_port())
            own = {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": sandbox.signing_secret}
            own |= {"PORT": str(ports[-1])}
            known = Knowledge(articles, COMPANY)
            settings = read_settings(shared | (own if http else {}))
            bot = Bot(settings, clock=sandbox.core.clock, knowledge=known)
            await bot.start()
            parts.push_async_callback(bot.stop)
            found.bots.append(bot)
            found.known.append(known)
        if http:
            await sandbox.deliver_by_http(await parts.enter_async_context(balanced(ports)))
        else:
            await sandbox.connected(REPLICAS)
        yield found


@asynccontextmanager
async def balanced(ports: list[int]) -> AsyncIterator[str]:
    """A load balancer that gives each request to the next replica, whoever had the one before; its
    address."""
    turns = cycle(ports)
    async with aiohttp.ClientSession() as session:

        async def passed_on(request: web.Request) -> web.Response:
            url = f"http://127.0.0.1:{next(turns)}{request.path}"
            body = await request.read()
            headers = {**request.headers}
            headers.pop("Host")
            async with session.post(url, data=body, headers=headers) as answer:
                kept = {"Content-Type": answer.headers.get("Content-Type", "text/plain")}
                return web.Response(status=answer.status, body=await answer.read(), headers=kept)

        application = web.Application()
        application.router.add_post("/slack/events", passed_on)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            yield f"http://127.0.0.1:{port}/slack/events"
        finally:
            await runner.cleanup()


async def goes_through_the_tiers(counter: Counter) -> None:
    """From the question to the solution that alice confirms."""
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    second = await counter.escalates("tia", card, 2, learned="not the cable")
    await counter.claims("tess", second)
    await counter.resolves("tess", second, "an old profile", "remove the profile")
    brought = await counter.delivers("tia", card)
    await counter.presses("alice", brought, "Solved")
    await counter.shows(card, lambda one: "closed since" in one.text)


@pytest.mark.parametrize("http", [False, True], ids=["socket mode", "behind a load balancer"])
async def test_any_replica_takes_the_next_step_of_a_ticket(
    few_articles: Path, postgresql_url: str, http: bool
) -> None:
    async with opened(few_articles, postgresql_url, http=http) as replicas:
        sandbox = replicas.workplace.sandbox
        await goes_through_the_tiers(Counter(replicas.workplace))
        await sandbox.settled()
        await all_sent(postgresql_url)
        store = await open_store(postgresql_url)
        try:
            assert [] == await faults_in(sandbox, store, [])
        finally:
            await store.close()


async def test_what_one_learns_all_know_within_two_seconds(
    few_articles: Path, postgresql_url: str
) -> None:
    async with opened(few_articles, postgresql_url) as replicas:
        counter = Counter(replicas.workplace)
        card = await proposed_by_tia(counter)

        await counter.presses("ada", card, "Publish")
        await counter.shows(card, lambda one: "published what" in one.text)

        def all_know() -> bool:
            met = [one.current.matcher.match(Query(WORDS)) for one in replicas.known]
            return all(Outcome.ANSWER is one.outcome for one in met)

        await eventually(all_know, EVERYWHERE_WITHIN)


async def test_what_the_asker_writes_reaches_the_thread_in_the_order_it_was_written(
    few_articles: Path, postgresql_url: str
) -> None:
    """Each line is taken by any replica and sent by any replica, while every second call to Slack
    is slow."""
    async with opened(few_articles, postgresql_url) as replicas:
        counter = Counter(replicas.workplace)
        card = await counter.asks("alice")
        await counter.claims("tia", card)
        status = await counter.told("alice", "#1 ·")
        written = [f"line number {number:02}" for number in range(SAID)]
        counter.sandbox.core.faults.add("chat.postMessage", "delay", every=2, seconds=0.3)
        for line in written:
            await counter.person("alice").replies(status, line)
            await counter.sandbox.until(lambda: not counter.sandbox.core.deliveries.unfinished)
        await counter.in_thread(card, written[-1])
        await counter.sandbox.until(lambda: len(relayed(counter, card)) == SAID)

        assert written == relayed(counter, card)


def relayed(counter: Counter, card: object) -> list[str]:
    """What was written, as it stands in the card's thread."""
    texts = [one.text for one in counter.notes(card)]  # type: ignore[arg-type]
    return [
        f"line number {text.partition('line number ')[2][:2]}"
        for text in texts
        if "line number" in text
    ]


async def test_what_a_dead_replica_had_in_hand_is_said_soon_after_its_lease(
    few_articles: Path, postgresql_url: str
) -> None:
    async with opened(few_articles, postgresql_url) as replicas:
        sandbox = replicas.workplace.sandbox
        now = sandbox.core.clock.now()
        lease = timedelta(seconds=2)
        item = OutboxItem(
            key="said by nobody yet",
            team=sandbox.workspace.team_id,
            order_group="a thread",
            call=Post(InChannel(sandbox.channel("ask-it").id), Content("at last")),
            due_at=now + timedelta(milliseconds=1),
        )
        store = await open_store(postgresql_url)
        try:
            await store.commit(Commit(at=now, outbox=(item,)))
            held = await store.lease_outbox(
                Lane.CONVERSATION, "the dead one", item.due_at, limit=1, lease_for=lease
            )
            assert [item.key] == [one.item.key for one in held], "a living replica was quicker"
            assert not sandbox.messages_in("ask-it")
            within = lease.total_seconds() + TAKEN_OVER_WITHIN
            said = await sandbox.until(lambda: sandbox.messages_in("ask-it"), within)
        finally:
            await store.close()

        assert ["at last"] == [one.text for one in said]
