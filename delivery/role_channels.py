"""Channels whose members have a role: private, of this organisation alone, and not archived."""

import asyncio
from collections.abc import Mapping

import structlog

from delivery.errors import ChannelUnusable
from delivery.gateway import Gateway
from delivery.responses import Channel

CLOSE_IT = "Members of this channel have a role: use a private channel that is not shared"
UNARCHIVE_IT = "Unarchive it, or set another channel"

log = structlog.get_logger()


class RoleChannelUnfit(Exception):
    """A role channel that must not be used; the message names setting, channel and mend."""


def why_open(channel: Channel) -> str | None:
    """Why people nobody meant could get a role through it; ``None`` where they cannot."""
    if not channel.private:
        return "is public"
    return "is shared with another organisation" if channel.shared else None


async def require_fit(gateway: Gateway, role_channels: Mapping[str, str]) -> None:
    """Look at the channels (setting name to id). Raises ``RoleChannelUnfit`` with all that are
    public, shared or archived, and ``SlackError`` where Slack does not tell.

    One that we are not shown is private and we are not in it: nobody has a role through it, and
    once we are invited the members are looked at anew."""
    found = await asyncio.gather(*(_unfit(gateway, *one) for one in role_channels.items()))
    if any(found):
        raise RoleChannelUnfit("\n".join(filter(None, found)))


async def _unfit(gateway: Gateway, name: str, channel_id: str) -> str | None:
    try:
        channel = await gateway.channel(channel_id)
    except ChannelUnusable as error:
        log.warning(
            "role channel not seen: invite the bot there", setting=name, channel=channel_id,
            code=error.code,
        )  # fmt: skip
        return None
    open_to_others = why_open(channel)
    if open_to_others:
        return f"{name} {channel_id}: #{channel.name} {open_to_others}. {CLOSE_IT}."
    if channel.archived:
        return f"{name} {channel_id}: #{channel.name} is archived. {UNARCHIVE_IT}."
    return None
