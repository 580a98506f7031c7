"""``/signpost bridge``: switching bridge mode, and telling the tiers."""

from datetime import datetime

from handlers.commands import CommandRouter, privately
from handlers.decision import Decision
from handlers.helpdesk_desk import HelpdeskDesk
from handlers.payloads import Commanded
from handlers.text import escaped
from handlers.ticket_refusals import refused_command
from handlers.ticket_words import mention, moment, said_with
from helpdesk.bridge import ARGUMENTS, Bridge, read_bridge
from helpdesk.errors import HelpdeskRefused, RolesUnknown
from helpdesk.rules import Refusal, refused
from storage.kinds import BRIDGE
from storage.outbox import InChannel, OutboxItem, Post
from storage.port import Put
from storage.records import NEW


def add_bridge_command(router: CommandRouter, desk: HelpdeskDesk) -> None:
    """The word after ``/signpost``."""

    async def bridge(commanded: Commanded, now: datetime) -> Decision:
        return await decide_bridge(commanded, desk, now)

    router.add("bridge", bridge, "help-bridge", ARGUMENTS)


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
    return Decision(
        puts=(Put(BRIDGE, wanted, version),),
        outbox=(
            privately(commanded, said_with(text), now),
            *(_notice(wanted, channel, version + 1, text, now) for channel in _told(desk)),
        ),
    )


async def _only_admins(commanded: Commanded, desk: HelpdeskDesk) -> None:
    person = await desk.person(commanded.user)
    try:
        admin = await desk.roles.is_member(desk.admin_channel, commanded.user)
    except RolesUnknown:
        raise refused(Refusal.ROLES_UNKNOWN) from None
    if person.may_only_ask or not admin:
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
