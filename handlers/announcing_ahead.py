"""What goes ahead of an announcement: the helpdesk is briefed, and before an enrollment the admins
are asked whether to go on. Both are decided again when their time comes."""

from collections.abc import Mapping
from datetime import datetime

from handlers.announcing_blocks import button, live_lines
from handlers.announcing_card import Admin
from handlers.announcing_desk import AnnouncingDesk, Situation, situation
from handlers.announcing_waiting import ahead_command
from handlers.announcing_words import moment_token
from handlers.answers import best_article
from handlers.progress import readiness_lines
from handlers.text import escaped
from rollout.announcement import Announcement, State
from rollout.plan import Phase
from storage.kinds import ANNOUNCEMENT
from storage.outbox import Content, DueCommand, InChannel, OutboxItem, Post
from storage.port import Commit

LIKELY: Mapping[Phase, tuple[str, ...]] = {
    Phase.KICKOFF: (
        "what-is-intune",
        "why-intune",
        "what-can-it-see",
        "is-it-mandatory",
        "rollout-phases",
        "when-is-my-turn",
        "personal-vs-company-device",
        "supported-devices",
        "where-to-get-help",
        "training-and-guides",
    ),
    Phase.PRE_ENROLLMENT: (
        "before-you-start",
        "when-is-my-turn",
        "move-my-date",
        "how-long-it-takes",
        "supported-devices",
        "os-update-required",
        "mfa-setup",
        "what-can-it-see",
        "second-device",
        "battery-and-data",
    ),
    Phase.ENROLLMENT: (
        "enroll-windows",
        "enroll-ios",
        "enroll-android",
        "enroll-macos",
        "install-company-portal",
        "sign-in-fails",
        "enrollment-blocked",
        "device-limit-reached",
        "stuck-on-setup",
        "profile-install-failed",
    ),
    Phase.POST_ENROLLMENT: (
        "not-compliant",
        "sync-status",
        "access-blocked",
        "passcode-required",
        "encryption-required",
        "second-device",
        "replace-device",
        "unenroll-device",
        "give-feedback",
        "what-can-it-see",
    ),
}
"""The ten articles that a message of each phase most likely leads to."""


async def decide_briefing(command: DueCommand, desk: AnnouncingDesk, now: datetime) -> Commit:
    """The tier channels read what goes out when, to whom, and which questions to expect."""
    announcement = await _still_coming(command, desk, now)
    if announcement is None:
        return Commit(at=now)
    around = await situation(desk)
    content = _briefing(announcement, around)
    items = tuple(
        OutboxItem(
            key=f"briefing:{announcement.id}:{announcement.sends_at.isoformat()}:{channel}",
            team=announcement.team,
            order_group=f"briefing/{channel}",
            call=Post(InChannel(channel), content),
            due_at=now,
            about=f"briefing:{announcement.id}",
        )
        for channel in desk.tier_channels
    )
    return Commit(at=now, outbox=items)


async def decide_go_no_go(command: DueCommand, desk: AnnouncingDesk, now: datetime) -> Commit:
    """The admins see how far the group is, and go on or hold."""
    announcement = await _still_coming(command, desk, now)
    if announcement is None:
        return Commit(at=now)
    content = await _question(announcement, await situation(desk), now)
    item = OutboxItem(
        key=f"go-no-go:{announcement.id}:{announcement.sends_at.isoformat()}",
        team=announcement.team,
        order_group=f"announcement-card/{announcement.id}",
        call=Post(InChannel(desk.admin_channel), content),
        due_at=now,
        about=f"go-no-go:{announcement.id}",
    )
    return Commit(at=now, outbox=(item,))


async def _still_coming(
    command: DueCommand, desk: AnnouncingDesk, now: datetime
) -> Announcement | None:
    """The announcement, if it is still to go out and this is the time it was meant for: one that
    was moved meanwhile has a command of its own."""
    stored = await desk.store.get(ANNOUNCEMENT, command.about)
    if stored is None or stored.record.state is not State.SCHEDULED or stored.record.sends_at < now:
        return None
    meant = ahead_command(command.name, stored.record, desk.plan)
    return stored.record if meant and meant.due_at <= now else None


def _briefing(announcement: Announcement, around: Situation) -> Content:
    desk, say = around.desk, around.desk.say
    when = moment_token(announcement.sends_at, desk.default_language, desk.zone)
    channels = ", ".join(f"<#{one.channel}>" for one in announcement.audience[:15])
    lines = [
        say("briefing-lead", title=escaped(around.title(announcement))),
        say("briefing-when", when=when, channels=channels, count=len(announcement.audience)),
    ]
    titles = _likely_titles(announcement, desk)
    if titles:
        lines += [say("briefing-questions"), *(f"• {escaped(title)}" for title in titles)]
    text = "\n".join(lines)
    return Content(text, (live_lines(text),))


def _likely_titles(announcement: Announcement, desk: AnnouncingDesk) -> list[str]:
    ids = LIKELY[announcement.phase] if announcement.phase else ()
    library = desk.knowledge.current.library
    articles = [best_article(one, desk.default_language, library) for one in ids]
    return [article.title for article in articles if article]


async def _question(announcement: Announcement, around: Situation, now: datetime) -> Content:
    desk, say = around.desk, around.desk.say
    when = moment_token(announcement.sends_at, desk.default_language, desk.zone)
    lines = [
        say("go-lead", title=escaped(around.title(announcement)), when=when),
        *await readiness_lines(announcement, around, now),
    ]
    text = "\n".join(lines)
    buttons = [
        button(Admin.GO, say("button-go"), announcement.id, "primary"),
        button(Admin.HOLD, say("button-hold"), announcement.id, "danger"),
    ]
    return Content(text, (live_lines(text), {"type": "actions", "elements": buttons}))
