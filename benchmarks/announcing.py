"""Announcing to many channels: how soon 1,000 channels are previewed, whether the sending keeps the
permitted pace, and what conversations notice of it.

The bot is a process of its own with its pace on; the sandbox runs in this one and keeps Slack's
limits, so that a bot that posts too fast is told so.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from commandline.places import MANIFEST
from commandline.sandbox import sandbox_environment
from delivery.pace import IN_THE_WORKSPACE
from rollout.exporting import as_yaml
from rollout.reading import load_plan
from sandbox.conversation import ChannelKind, Message
from sandbox.people import Actor
from sandbox.seed import channel_id
from sandbox.server import Sandbox
from sandbox.traffic import Entry

ROOT = Path(__file__).parent.parent
BEFORE = datetime(2027, 6, 28, 8, 0, tzinfo=UTC)
SENDS_AT = datetime(2027, 7, 7, 7, 0, tzinfo=UTC)
TITLE = "IT: your devices join"
POSTING = "chat.postMessage"
ASK_EVERY = 0.7
"""Seconds between questions: conversation has a share of the pace, and is not to use it up."""
ASKERS = ("alice", "adam", "bram", "femke", "sven", "linnea", "tia", "tom")


@dataclass(frozen=True)
class Answers:
    """Milliseconds from question to answer."""

    times: tuple[float, ...]

    def percentile(self, share: float) -> float:
        ranked = sorted(self.times)
        return ranked[min(len(ranked) - 1, int(len(ranked) * share))]

    def __str__(self) -> str:
        return (
            f"{len(self.times)} answers, p50 {self.percentile(0.5):.0f} ms, "
            f"p99 {self.percentile(0.99):.0f} ms"
        )


@asynccontextmanager
async def stage(channels: int, *, paced: bool) -> AsyncIterator[Sandbox]:
    """A sandbox with so many channels for the IT group, and the bot in it."""
    manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
    with tempfile.TemporaryDirectory() as name:
        async with Sandbox(manifest=manifest, pace=paced, clock_start=BEFORE) as sandbox:
            own = _prepared(Path(name), sandbox, channels) | (
                {} if paced else {"SLACK_PACE": "OFF"}
            )
            async with _bot(own, sandbox):
                yield sandbox


def _prepared(folder: Path, sandbox: Sandbox, channels: int) -> dict[str, str]:
    names = [f"it-{number}" for number in range(channels)]
    ada, bot = sandbox.person("ada").id, sandbox.workspace.bot.id
    for name in names:
        sandbox.workspace.add_channel(channel_id(name), name, ChannelKind.PUBLIC, [ada, bot], ada)
    plan = load_plan(ROOT / "rollout" / "plan.example.yaml")
    ids = tuple(channel_id(name) for name in names)
    groups = tuple(replace(one, channels=ids) if one.id == "it" else one for one in plan.groups)
    path = folder / "plan.yaml"
    path.write_text(as_yaml(replace(plan, groups=groups)), "utf-8")
    return sandbox_environment(sandbox, f"tinydb:{folder}/store") | {"ROLLOUT_PLAN": str(path)}


@asynccontextmanager
async def _bot(environment: Mapping[str, str], sandbox: Sandbox) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "bot.py"),
        "run",
        env=dict(os.environ) | dict(environment),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await sandbox.connected(timeout=120)
        yield
    finally:
        process.terminate()
        await process.wait()


# Preview -----------------------------------------------------------------------------------------


async def preview(channels: int, times: int) -> None:
    """Print how long the card and the preview of a message to so many channels take."""
    async with stage(channels, paced=False) as sandbox:
        ada = sandbox.person("ada")
        began = time.perf_counter()
        card = await _drafted(sandbox, ada)
        prepared = time.perf_counter() - began
        took = [await _previewed(sandbox, ada, card) for _ in range(times)]
    print(f"{channels:,} channels: card {prepared * 1000:.0f} ms, ", end="")
    print(f"preview {_median(took) * 1000:.0f} ms (median of {times}), longest {max(took):.2f} s")


async def _drafted(sandbox: Sandbox, ada: Actor) -> Message:
    await ada.commands("/signpost", "announce")
    await ada.opens_modal(timeout=30)
    await ada.submits({"planned": "pre-enrollment-1-it"})
    await sandbox.until(lambda: _cards(sandbox), timeout=30)
    return _cards(sandbox)[0]


async def _previewed(sandbox: Sandbox, ada: Actor, card: Message) -> float:
    before = len(_previews(sandbox, ada))
    began = time.perf_counter()
    await ada.presses(card, "Preview")
    await sandbox.until(lambda: len(_previews(sandbox, ada)) > before, timeout=30)
    return time.perf_counter() - began


def _cards(sandbox: Sandbox) -> list[Message]:
    return [one for one in sandbox.messages_in("rollout-admins") if TITLE in one.text]


def _previews(sandbox: Sandbox, ada: Actor) -> list[Message]:
    return [one for one in sandbox.messages_in(ada.direct_message) if TITLE in one.text]


# Sending -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Posts:
    """When the bot posted, in seconds of a running clock: announcements, and anything at all."""

    announced: list[float]
    every: list[float]

    @property
    def span(self) -> float:
        return self.announced[-1] - self.announced[0]

    def share(self, times: list[float]) -> float:
        """Of the permitted pace, while announcements were sent."""
        meanwhile = [at for at in times if self.announced[0] <= at <= self.announced[-1]]
        return (len(meanwhile) - 1) * IN_THE_WORKSPACE.interval / self.span


async def sending(channels: int, rest: float) -> None:
    """Print the share of the permitted pace, and the answers without and with the sending: half of
    those without come before it and half after it, so that all are measured on the same machine."""
    async with stage(channels, paced=True) as sandbox:
        card = await _drafted(sandbox, sandbox.person("ada"))
        await sandbox.person("axel").presses(card, "Approve")
        await sandbox.until(lambda: "Approved" in _cards(sandbox)[0].text, timeout=30)
        posts = _watched(sandbox)
        before = await _asking(sandbox, asyncio.create_task(asyncio.sleep(rest)))
        sandbox.core.clock.jump_to(SENDS_AT + timedelta(seconds=1))
        busy = await _asking(sandbox, asyncio.create_task(_all_told(posts, channels)))
        after = await _asking(sandbox, asyncio.create_task(asyncio.sleep(rest)))
    quiet = Answers(before.times + after.times)
    print(
        f"{channels:,} channels in {posts.span:.0f} s: {posts.share(posts.every):.1%} of the"
        f" permitted pace, {posts.share(posts.announced):.1%} by announcements alone"
    )
    print(f"without sending: {quiet}\nwhile sending: {busy}")
    print(f"p50 with to without: {busy.percentile(0.5) / quiet.percentile(0.5):.2f}, ", end="")
    print(f"p99 with to without: {busy.percentile(0.99) / quiet.percentile(0.99):.2f}")


def _watched(sandbox: Sandbox) -> Posts:
    """The bot's posts as they come; looking through the channels for them would take time from the
    answers that are measured."""
    posts = Posts([], [])

    def hear(entry: Entry) -> None:
        if (entry.direction, entry.name, entry.outcome) != ("from_bot", POSTING, "pending"):
            return
        posts.every.append(time.perf_counter())
        if str(entry.body.get("text", "")).startswith(TITLE):
            posts.announced.append(time.perf_counter())

    sandbox.core.traffic.listeners.append(hear)
    return posts


async def _all_told(posts: Posts, channels: int) -> None:
    while len(posts.announced) < channels:  # noqa: ASYNC110 - nothing rings when a list grows
        await asyncio.sleep(0.25)


async def _asking(sandbox: Sandbox, until: "asyncio.Task[object]") -> Answers:
    """Questions, one after the other, for as long as the task takes."""
    times: list[float] = []
    for asker in _in_turn(sandbox):
        if until.done():
            return Answers(tuple(times))
        began = time.perf_counter()
        question = await asker.direct_messages("how do I enroll my iPhone?")
        await sandbox.until(lambda: _answered(sandbox, question), timeout=60)  # noqa: B023
        times.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(ASK_EVERY)
    raise AssertionError("people never stop asking")


def _in_turn(sandbox: Sandbox) -> Iterator[Actor]:
    while True:
        yield from (sandbox.person(name) for name in ASKERS)


def _answered(sandbox: Sandbox, question: Message) -> bool:
    channel = sandbox.channel(question.channel)
    return any(one.bot_id and one.ts > question.ts for one in sandbox.messages_in(channel))


def _median(times: list[float]) -> float:
    return sorted(times)[len(times) // 2]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer channels")
    options = parser.parse_args(arguments)
    asyncio.run(preview(1_000, 5 if options.quick else 20))
    asyncio.run(sending(60 if options.quick else 300, rest=10 if options.quick else 60))


if __name__ == "__main__":
    main()
