"""The doctor: looks at tokens, scopes, channels and people, and says of each finding how to mend
it."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum

from delivery.clock import Clock
from delivery.errors import SlackError
from delivery.gateway import Gateway
from delivery.responses import Channel, Identity
from delivery.role_channels import CLOSE_IT, UNARCHIVE_IT, why_open

CLOCK_MAY_BE_OFF = 60.0
"""Seconds; signatures are refused from 300 on (docs.slack.dev/authentication/
verifying-requests-from-slack)."""


class Verdict(StrEnum):
    GOOD = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """One thing looked at. ``mend`` says what to do, where something is not good."""

    verdict: Verdict
    subject: str
    seen: str
    mend: str = ""

    def __str__(self) -> str:
        mend = f"\n         {self.mend}" if self.mend else ""
        return f"{self.verdict:<8} {self.subject}: {self.seen}{mend}"


@dataclass(frozen=True)
class Expected:
    """What the settings and the manifest ask for. Channels by setting name."""

    scopes: Set[str]
    question_channels: Sequence[str]
    role_channels: Mapping[str, str]
    staffed: Sequence[str]


async def examine_slack(gateway: Gateway, expected: Expected, clock: Clock) -> list[Finding]:
    """Everything that Slack can tell about our set-up; the first finding is the token's."""
    try:
        identity = await gateway.identity()
    except SlackError as error:
        mend = "Reinstall the app in Slack and put the new SLACK_BOT_TOKEN in .env"
        return [Finding(Verdict.ERROR, "token", f"Slack answers {error.code}", mend)]
    findings = [Finding(Verdict.GOOD, "token", f"belongs to {identity.user} in {identity.team}")]
    findings.append(await _scopes(gateway, expected.scopes))
    findings.append(await _clock(gateway, clock))
    for channel in expected.question_channels:
        findings.append(await _question_channel(gateway, channel))
    for name, channel in expected.role_channels.items():
        findings += await _role_channel(gateway, identity, name, channel, name in expected.staffed)
    return findings


async def examine_app_token(gateway: Gateway) -> Finding:
    """Whether the app-level token opens Socket Mode connections (``connections:write``)."""
    try:
        await gateway.open_connection()
    except SlackError as error:
        mend = "Generate one under Basic Information, with connections:write, as SLACK_APP_TOKEN"
        return Finding(Verdict.ERROR, "app token", f"Slack answers {error.code}", mend)
    return Finding(Verdict.GOOD, "app token", "opens Socket Mode connections")


async def _scopes(gateway: Gateway, wanted: Set[str]) -> Finding:
    granted = await gateway.scopes()
    if not granted:
        return Finding(Verdict.WARNING, "scopes", "Slack did not list them", "Nothing to do")
    missing = sorted(wanted - granted)
    if missing:
        mend = "Add them under OAuth & Permissions, then reinstall the app"
        return Finding(Verdict.ERROR, "scopes", f"missing: {', '.join(missing)}", mend)
    return Finding(Verdict.GOOD, "scopes", f"all {len(wanted)} are granted")


async def _clock(gateway: Gateway, clock: Clock) -> Finding:
    """Slack refuses signatures, and people get wrong dates, when the clock is far off."""
    slack_says = await gateway.time()
    if slack_says is None:
        return Finding(Verdict.WARNING, "clock", "Slack did not tell the time", "Nothing to do")
    off = abs((clock.now() - slack_says).total_seconds())
    if off > CLOCK_MAY_BE_OFF:
        mend = "Set the machine's clock, for instance by switching on NTP"
        return Finding(Verdict.ERROR, "clock", f"{off:.0f} s off from Slack's", mend)
    return Finding(Verdict.GOOD, "clock", "agrees with Slack's")


async def _question_channel(gateway: Gateway, channel_id: str) -> Finding:
    subject = f"QUESTION_CHANNELS {channel_id}"
    try:
        channel = await gateway.channel(channel_id)
    except SlackError as error:
        return _not_seen(subject, error)
    return _usable(subject, channel) or Finding(Verdict.GOOD, subject, f"#{channel.name}")


async def _role_channel(
    gateway: Gateway, identity: Identity, name: str, channel_id: str, staffed: bool
) -> list[Finding]:
    subject = f"{name} {channel_id}"
    try:
        channel = await gateway.channel(channel_id)
        people = await gateway.members(channel_id) - {identity.user}
    except SlackError as error:
        return [_not_seen(subject, error)]
    open_to_others = why_open(channel)
    if open_to_others:
        return [Finding(Verdict.ERROR, subject, f"#{channel.name} {open_to_others}", CLOSE_IT)]
    unusable = _usable(subject, channel)
    if unusable:
        return [unusable]
    if staffed and not people:
        mend = "Invite the people who do this work to the channel"
        return [Finding(Verdict.ERROR, subject, f"nobody is in #{channel.name}", mend)]
    return [Finding(Verdict.GOOD, subject, f"#{channel.name}, private, {len(people)} people")]


def _usable(subject: str, channel: Channel) -> Finding | None:
    if channel.archived:
        return Finding(Verdict.ERROR, subject, f"#{channel.name} is archived", UNARCHIVE_IT)
    if not channel.member:
        mend = f"Invite the bot: /invite @signpost in #{channel.name}"
        return Finding(Verdict.ERROR, subject, f"the bot is not in #{channel.name}", mend)
    return None


def _not_seen(subject: str, error: SlackError) -> Finding:
    mend = "Check the id; if the channel is private, invite the bot there: /invite @signpost"
    return Finding(Verdict.ERROR, subject, f"Slack answers {error.code}", mend)
