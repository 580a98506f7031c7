"""A plan played in the sandbox: months in seconds, with the true bot, and without sending anything
to anybody."""

import re
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TextIO
from zoneinfo import ZoneInfo

from rollout.plan import Plan
from rollout.schedule import Planned, schedule
from running.exit_codes import NOT_WELL, OK
from sandbox.conversation import ChannelKind, Message
from sandbox.people import Actor
from sandbox.server import Sandbox

AHEAD = timedelta(days=3)
"""Of the first announcement: time to prepare them all."""
PATIENCE = 10.0
"""Seconds for one announcement to reach its channels."""


def start_of(plan: Plan) -> datetime:
    """The moment at which playing begins. Raises ``ValueError`` for a plan without dates."""
    return min(one.at for one in schedule(plan).announcements) - AHEAD


def add_channels(sandbox: Sandbox, plan: Plan) -> None:
    """The plan's channels, where the sandbox has none of that id."""
    ada = sandbox.person("ada").id
    for channel in dict.fromkeys(one for group in plan.groups for one in group.channels):
        if sandbox.workspace.find_channel(channel) is None:
            name = channel.lower()
            sandbox.workspace.add_channel(channel, name, ChannelKind.PUBLIC, [ada], ada)


async def play(plan: Plan, sandbox: Sandbox, out: TextIO) -> int:
    """Ada prepares every announcement and Axel approves it; then time goes from one to the next.
    Prints what is posted where and when; not well when a channel lacks one or has one twice."""
    planned = schedule(plan).announcements
    for one in planned:
        await _prepared(one, sandbox, out)
    for one in planned:
        await _its_time_comes(one, plan, sandbox, out)
    await sandbox.settled()
    return _summary(plan, sandbox, out)


async def _prepared(one: Planned, sandbox: Sandbox, out: TextIO) -> None:
    ada, axel = sandbox.person("ada"), sandbox.person("axel")
    known = len(_cards(sandbox))
    await ada.commands("/signpost", "announce")
    await ada.opens_modal(timeout=PATIENCE)
    await ada.submits({"planned": one.id})
    await sandbox.until(lambda: len(_cards(sandbox)) > known, timeout=PATIENCE)
    card = _cards(sandbox)[-1]
    if flaws := [line for line in card.text.split("\n") if line.startswith("• ")]:
        out.write("\n".join((f"{one.id} cannot be approved:", *flaws, "")))
        return
    await _approved(axel, card, sandbox)


async def _approved(axel: Actor, card: Message, sandbox: Sandbox) -> None:
    channel = sandbox.channel(card.channel)
    before = card.text
    await axel.presses(card, "Approve")

    def changed() -> bool:
        found = channel.find(card.ts)
        return found is not None and found.text != before

    with suppress(TimeoutError):
        await sandbox.until(changed, timeout=PATIENCE)


async def _its_time_comes(one: Planned, plan: Plan, sandbox: Sandbox, out: TextIO) -> None:
    clock = sandbox.core.clock
    known = {(message.channel, message.ts) for message in _posted(plan, sandbox)}
    wanted = len(known) + len(one.group.channels)
    clock.jump_to(max(one.at, clock.now()))

    def arrived() -> bool:
        return len(_posted(plan, sandbox)) >= wanted

    with suppress(TimeoutError):
        await sandbox.until(arrived, timeout=PATIENCE)
    at = clock.now().astimezone(ZoneInfo(plan.settings.timezone))
    for message in _posted(plan, sandbox):
        if (message.channel, message.ts) not in known:
            out.write(f"{at:%Y-%m-%d %H:%M} {_line(message, sandbox)}\n")


def _line(message: Message, sandbox: Sandbox) -> str:
    name, title = sandbox.channel(message.channel).name, message.text.partition("\n")[0]
    title = re.sub(r"<!date\^[^|>]*\|([^>]*)>", r"\1", title)
    return f"#{name}, by {message.username or 'Signpost'}: {title}"


def _cards(sandbox: Sandbox) -> list[Message]:
    return _of_the_bot(sandbox, "rollout-admins", "announcing.")


def _posted(plan: Plan, sandbox: Sandbox) -> list[Message]:
    """The announcements that stand in the plan's channels."""
    channels = dict.fromkeys(one for group in plan.groups for one in group.channels)
    return [
        message
        for channel in channels
        for message in _of_the_bot(sandbox, channel, "announcement.")
    ]


def _of_the_bot(sandbox: Sandbox, place: str, action: str) -> list[Message]:
    """The bot's messages in a place that carry a button whose action begins like this."""
    return [
        message
        for message in sandbox.messages_in(place)
        if message.bot_id
        and any(
            str(element.get("action_id")).startswith(action)
            for block in message.blocks or ()
            for element in block.get("elements") or ()
        )
    ]


def _summary(plan: Plan, sandbox: Sandbox, out: TextIO) -> int:
    wanted = Counter(
        channel for one in schedule(plan).announcements for channel in one.group.channels
    )
    there = Counter(message.channel for message in _posted(plan, sandbox))
    for channel in sorted({*wanted, *there}):
        if wanted[channel] != there[channel]:
            out.write(f"{channel}: {wanted[channel]} planned, {there[channel]} posted\n")
    out.write(f"{wanted.total()} messages planned, {there.total()} posted\n")
    return OK if wanted == there else NOT_WELL
