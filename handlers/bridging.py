"""``/signpost bridge``: switching bridge mode, and telling the tiers."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

from handlers.commands import CommandRouter, Role, privately
from handlers.decision import Decision
from handlers.helpdesk_desk import HelpdeskDesk
from handlers.payloads import Commanded
from handlers.text import escaped
from handlers.ticket_cards import render_card
from handlers.ticket_effects import item
from handlers.ticket_refusals import refused_command
from handlers.ticket_words import mention, moment, said_with
from helpdesk.bridge import ARGUMENTS, Bridge, read_bridge
from helpdesk.errors import HelpdeskRefused, RolesUnknown
from helpdesk.rules import Refusal, refused
from helpdesk.timing import acting_tier
from storage.kinds import BRIDGE, TICKET
from storage.outbox import Edit, InChannel, ItemMessage, OutboxItem, Post
from storage.port import Order, Put
from storage.records import NEW

MOST_SHOWN = 100
"""Open tickets, the newest first, whose cards are edited at once; the others with their next
change."""


def add_bridge_command(router: CommandRouter, desk: HelpdeskDesk) -> None:
    """The word after ``/signpost``."""

    async def bridge(commanded: Commanded, now: datetime) -> Decision:
        return await decide_bridge(commanded, desk, now)

    router.add("bridge", bridge, "help-bridge", ARGUMENTS, Role.ADMINS)


async def decide_bridge(commanded: Commanded, desk: HelpdeskDesk, now: datetime) -> Decision:
    """Admins switch it; everybody in the tiers is told where tickets go now."""
    try:
        await _only_admins(commanded, desk)
        wanted = read_bridge(
            commanded.text, commanded.team, commanded.user, desk.settings.tier(1).hours.zone, now
        )
        if wanted is None:
            raise refused(Refusal.NO_SUCH_DAY)
    except HelpdeskRefused as no:
        return await refused_command(commanded, no, desk, now)
    stored = await desk.store.get(BRIDGE, commanded.team)
    version = stored.version if stored else NEW
    text = _text(wanted, desk)
    cards = [one async for one in _cards_anew(wanted, version + 1, desk, now)]
    return Decision(
        puts=(Put(BRIDGE, wanted, version), *(put for put, _ in cards)),
        outbox=(
            privately(commanded, said_with(text), now),
            *(_notice(wanted, channel, version + 1, text, now) for channel in _told(desk)),
            *(edit for _, edit in cards),
        ),
    )


async def _cards_anew(
    bridge: Bridge, version: int, desk: HelpdeskDesk, now: datetime
) -> AsyncIterator[tuple[Put, OutboxItem]]:
    """The cards on which somebody works get or lose the meeting's link. Writing the ticket along
    makes sure that it is shown as it is."""
    before = (await desk.at(bridge.team, now)).showing()
    after = replace(desk, bridge=bridge if bridge.on else None).showing()
    if before.link == after.link:
        return
    found = await desk.store.find(
        TICKET, "open", bridge.team, limit=MOST_SHOWN, order=Order.NEWEST_FIRST
    )
    for stored in found:
        ticket = stored.record
        card = ticket.card(acting_tier(ticket))
        if card:
            call = Edit(ItemMessage(card.key), render_card(ticket, card.tier, after))
            edit = item(ticket, f"{card.key}:bridge:v{version}", call, now)
            yield Put(TICKET, ticket, stored.version), edit


async def _only_admins(commanded: Commanded, desk: HelpdeskDesk) -> None:
    person = await desk.person(commanded.user)
    try:
        admin = await desk.roles.is_member(desk.admin_channel, commanded.user)
    except RolesUnknown:
        raise refused(Refusal.ROLES_UNKNOWN) from None
    if person.may_only_ask or person.deactivated or not admin:
        raise refused(Refusal.ONLY_ADMINS)
    if not desk.bridge_channel:
        raise refused(Refusal.NO_BRIDGE_CHANNEL)


def _text(bridge: Bridge, desk: HelpdeskDesk) -> str:
    if not bridge.on:
        return desk.say("bridge-off", who=mention(bridge.by))
    lines = [
        desk.say("bridge-on", who=mention(bridge.by), channel=f"<#{desk.bridge_channel}>"),
        desk.say("bridge-until", until=moment(bridge.until)) if bridge.until else "",
        desk.say("bridge-link", link=escaped(bridge.link)) if bridge.link else "",
    ]
    return "\n".join(line for line in lines if line)


def _told(desk: HelpdeskDesk) -> tuple[str, ...]:
    return (*desk.tier_channels, desk.bridge_channel or "")


def _notice(bridge: Bridge, channel: str, version: int, text: str, now: datetime) -> OutboxItem:
    return OutboxItem(
        key=f"bridge:{bridge.team}:v{version}:{channel}",
        team=bridge.team,
        order_group=f"bridge/{channel}",
        call=Post(InChannel(channel), said_with(text)),
        due_at=now,
    )
