"""Hold, resume, send now, cancel, delete, recall: before and after are shown, then it is done."""

from collections.abc import Callable, Mapping
from datetime import datetime

from handlers.announcing_card import IN_TIMELINE, Admin
from handlers.announcing_desk import Situation
from handlers.announcing_words import moment_token
from handlers.text import escaped
from rollout.announcement import (
    Announcement,
    cancel,
    delete,
    hold,
    recall,
    resume,
    send_now,
)
from rollout.plan import Group, Phase

_SIMPLE: Mapping[Admin, Callable[[Announcement, str, datetime], Announcement]] = {
    Admin.HOLD: hold,
    Admin.RESUME: resume,
    Admin.SEND_NOW: send_now,
    Admin.CANCEL: cancel,
    Admin.DELETE: delete,
    Admin.RECALL: recall,
}
_AFTER: Mapping[Admin, str] = {
    Admin.HOLD: "after-hold",
    Admin.RESUME: "after-resume",
    Admin.SEND_NOW: "after-send-now",
    Admin.CANCEL: "after-cancel",
    Admin.DELETE: "after-delete",
    Admin.RECALL: "after-recall",
}


def would(action: Admin, announcement: Announcement, user: str, now: datetime) -> Announcement:
    return _SIMPLE[action](announcement, user, now)


def before_and_after(
    action: Admin, announcement: Announcement, around: Situation
) -> tuple[str, ...]:
    """The announcement, what is before and what is after, and who hears of it."""
    desk = around.desk
    when = moment_token(announcement.sends_at, desk.default_language, desk.zone)
    state = desk.say(IN_TIMELINE[announcement.state])
    channels = len(announcement.audience)
    told = group_told_otherwise(action, announcement, around)
    group = escaped(told.name(desk.default_language)) if told else ""
    return (
        escaped(around.title(announcement)),
        desk.say("announcing-before", state=state, when=when, count=channels),
        desk.say(_AFTER[action], when=when, count=channels),
        *([desk.say("announcing-told-off", group=group)] if told else []),
    )


def group_told_otherwise(
    action: Admin, announcement: Announcement, around: Situation
) -> Group | None:
    """The group that was told the date of an enrollment which is held or cancelled."""
    enrolls = announcement.phase is Phase.ENROLLMENT and announcement.planned
    if action not in (Admin.HOLD, Admin.CANCEL) or not enrolls:
        return None
    group = around.desk.plan.group(announcement.group)
    return group if group and around.told(group.id) else None
