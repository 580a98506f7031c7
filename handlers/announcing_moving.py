"""Moving announcements: what moves along, what the groups were told, and the notice they get."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.announcing_desk import Situation, draft_of
from handlers.announcing_drafting import new_draft
from handlers.announcing_forms import planned_name
from handlers.announcing_showing import changed
from handlers.announcing_words import moment_token
from handlers.decision import NOTHING, Decision
from handlers.text import escaped
from knowledge.article import Language
from rollout.announcement import (
    Announcement,
    Scope,
    State,
    draft_again,
    drafted,
    free_id,
    move,
    moved_along,
)
from rollout.errors import AnnouncementRefused, Refusal
from rollout.messages import template
from rollout.replacing import audience_of
from rollout.schedule import Disorder, Planned, disorders
from storage.kinds import ANNOUNCEMENT
from storage.port import Put
from storage.records import NEW, Stored

NOTICE = "date-moved"
DATE_OPEN = "date-open"


def moves_in_words(
    announcement: Announcement,
    to: datetime,
    scope: Scope,
    around: Situation,
    user: str,
    now: datetime,
) -> list[str]:
    desk = around.desk
    move(announcement, to, user, now)
    moves = _moves(announcement, to, scope, around)
    if any(at <= now for at in moves.values()):
        raise AnnouncementRefused(Refusal.PAST_DATE)
    before = {one.id: one.sends_at for one in around.standings()}
    lines = [desk.say("announcing-moves", count=len(moves))]
    for moved_id, after in moves.items():
        planned = around.schedule.named(moved_id)
        label = _name(planned, around) if planned else around.title(announcement)
        moments = (before[moved_id], after)
        arrow = " → ".join(moment_token(one, desk.default_language, desk.zone) for one in moments)
        lines.append(f"• {escaped(label)}: {arrow}")
    after_all = around.schedule.with_moments(moves)
    lines += [_disorder_line(one, around) for one in disorders(after_all.announcements)]
    for group_id in _told_groups(moves, around):
        group = desk.plan.group(group_id)
        name = group.name(desk.default_language) if group else group_id
        lines.append(desk.say("announcing-told", group=escaped(name)))
    return lines


def _moves(
    announcement: Announcement, to: datetime, scope: Scope, around: Situation
) -> Mapping[str, datetime]:
    first, settings = around.standing_of(announcement), around.desk.plan.settings
    return moved_along(around.standings(), first, to, scope, settings)


def _name(planned: Planned, around: Situation) -> str:
    return planned_name(planned, around.desk.default_language, around.desk.say)


def _disorder_line(found: Disorder, around: Situation) -> str:
    key = "announcing-overlap" if found.at_once else "announcing-disorder"
    one, other = escaped(_name(found.after, around)), escaped(_name(found.before, around))
    return around.desk.say(key, one=one, other=other)


async def move_all(
    announcement: Announcement,
    to: datetime,
    scope: Scope,
    around: Situation,
    user: str,
    now: datetime,
) -> Decision:
    """Everything in the scope at its new time. What was only planned becomes a draft, so that its
    new time is kept; a group that was told the old date is offered a notice."""
    moves = _moves(announcement, to, scope, around)
    decision = NOTHING
    for moved_id, at in moves.items():
        decision = both(decision, await _move_one(moved_id, at, around, user, now))
    moved_around = replace(around, records=_records_after(decision, around))
    for group in _told_groups(moves, around):
        notice = notice_to(group, NOTICE, moved_around, user, now)
        decision = both(decision, await new_draft(notice, moved_around, now))
    return decision


async def _move_one(
    moved_id: str, at: datetime, around: Situation, user: str, now: datetime
) -> Decision:
    desk = around.desk
    stored = around.of_planned(moved_id) or next(
        (one for one in around.records if one.record.id == moved_id), None
    )
    if stored is not None:
        return await changed(stored, move(stored.record, at, user, now), around, now)
    planned = desk.planned.named(moved_id)
    if planned is None:
        return NOTHING
    draft = draft_of(planned, desk, user, now)
    deleted = await desk.store.get(ANNOUNCEMENT, draft.id)
    fresh = draft_again(deleted.record, draft) if deleted else replace(draft, cards=0)
    version = deleted.version if deleted else NEW
    return Decision(puts=(Put(ANNOUNCEMENT, move(fresh, at, user, now), version),))


def both(one: Decision, other: Decision) -> Decision:
    """All that two decisions change."""
    return Decision(
        puts=one.puts + other.puts,
        outbox=one.outbox + other.outbox,
        due=one.due + other.due,
        cancels=one.cancels + other.cancels,
    )


def _records_after(decision: Decision, around: Situation) -> tuple[Stored[Announcement], ...]:
    put = {one.record.id: one.record for one in decision.puts}
    kept = tuple(one for one in around.records if one.record.id not in put)
    moved = [one for one in put.values() if isinstance(one, Announcement)]
    return (*kept, *(Stored(one, NEW) for one in moved))


def _told_groups(moves: Mapping[str, datetime], around: Situation) -> list[str]:
    """The groups whose enrollment moves and who have had a message about it."""
    groups: dict[str, None] = {}
    for moved_id in moves:
        planned = around.schedule.named(moved_id)
        if planned and planned.template == "enrollment" and around.told(planned.group.id):
            groups[planned.group.id] = None
    return list(groups)


def notice_to(
    group_id: str, words: str, around: Situation, user: str, now: datetime
) -> Announcement:
    """The draft of a message to a group that was told otherwise; ``words`` names its template."""
    desk = around.desk
    group = desk.plan.group(group_id)
    return drafted(
        Announcement(
            id=f"{free_id(desk.team, user, now)}-{group_id}",
            team=desk.team,
            state=State.DRAFT,
            planned="",
            group=group_id,
            phase=None,
            messages={one: template(words, one) for one in Language},
            audience=audience_of(group) if group else (),
            sends_at=now + timedelta(hours=1),
            author=user,
        ),
        now,
    )
