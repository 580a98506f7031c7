"""What admins do: prepare, check, approve and steer announcements. Every press and form is
authorised on arrival against the admin channel."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias

from handlers.announcements_view import (
    Admin,
    Form,
    button,
    choose_form,
    closing_view,
    confirm_form,
    edit_form,
    free_form,
    log_text,
    moment_token,
    move_form,
    mrkdwn,
    planned_label,
    sections,
)
from handlers.announcing_desk import (
    REFUSALS,
    AnnouncingDesk,
    Situation,
    announce_command,
    changed,
    deliveries,
    draft_of,
    latest_deliveries,
    new_card,
    persona_of,
    shown_card,
    situation,
)
from handlers.announcing_due import first_look
from handlers.commands import privately
from handlers.decision import NOTHING, Decision, OpenModal
from handlers.payloads import Commanded, Pressed, Submitted
from handlers.text import escaped
from knowledge.article import Language
from rollout.announcement import (
    Announcement,
    Approval,
    Audience,
    Scope,
    State,
    approve,
    cancel,
    confirm_everyone,
    correct,
    drafted,
    edit,
    free_id,
    go_on,
    hold,
    move,
    moved_along,
    recall,
    resend,
    resume,
    send_now,
)
from rollout.calendar import moment
from rollout.enrolled import FEWEST_SHOWN
from rollout.errors import AnnouncementRefused, Refusal
from rollout.messages import Message, template
from rollout.schedule import order_problems
from rollout.turns import groups_that_enroll
from storage.kinds import ANNOUNCEMENT, ENROLLED
from storage.outbox import (
    Content,
    Edit,
    InChannel,
    ItemMessage,
    Lane,
    OutboxItem,
    OutboxState,
    Post,
    ToPerson,
    Whisper,
    Withdraw,
)
from storage.port import Delete, Put
from storage.records import NEW, Stored

FREE = "free"
NOTICE = "date-moved"
_CHANGED_BY_FORM = "announcement-change"


# Commands ----------------------------------------------------------------------------------------


async def decide_plan(commanded: Commanded, desk: AnnouncingDesk, now: datetime) -> Decision:
    """``/signpost plan``: the timeline for admins, the groups' dates for everybody."""
    around = await situation(desk)
    if not around.schedule.announcements:
        return _answer(commanded, desk.say("plan-none"), now)
    admin = await desk.is_admin(commanded.user)
    lines = _timeline(around) if admin else _dates_of_groups(around)
    return _answer(commanded, "\n".join((desk.say("plan-title"), *lines)), now)


async def decide_announce(commanded: Commanded, desk: AnnouncingDesk, now: datetime) -> Decision:
    """``/signpost announce``: which message to prepare."""
    if not await desk.is_admin(commanded.user):
        return _answer(commanded, desk.say(REFUSALS[Refusal.NOT_ADMIN]), now)
    around = await situation(desk)
    planned = around.schedule.announcements
    to_come = [one for one in planned if one.at > now] or list(planned)
    view = choose_form(to_come, desk.default_language, desk.zone, desk.say)
    return Decision(modal=OpenModal(commanded.trigger_id, view))


async def decide_report(commanded: Commanded, desk: AnnouncingDesk, now: datetime) -> Decision:
    """``/signpost report``: how many of each group say that they have enrolled, for admins. Groups
    of fewer than ``FEWEST_SHOWN`` people, and of unknown size, are shown as one; a single such
    group is not shown at all."""
    if not await desk.is_admin(commanded.user):
        return _answer(commanded, desk.say(REFUSALS[Refusal.NOT_ADMIN]), now)
    around = await situation(desk)
    lines = [desk.say("report-title")]
    others: list[int] = []
    for group in groups_that_enroll(desk.plan, around.schedule):
        enrolled = await desk.store.count(ENROLLED, "group", f"{desk.team}/{group.id}")
        if group.people < FEWEST_SHOWN:
            others.append(enrolled)
            continue
        name, target = escaped(group.name(desk.default_language)), group.people * group.target
        values = {"group": name, "enrolled": enrolled, "people": group.people}
        lines.append(desk.say("report-group", **values, target=round(target)))
    if len(others) > 1:
        lines.append(desk.say("report-others", enrolled=sum(others)))
    return _answer(commanded, "\n".join(lines), now)


def _timeline(around: Situation) -> list[str]:
    desk = around.desk
    lines: list[str] = []
    for one in around.schedule.announcements:
        stored = around.of_planned(one.id)
        state = desk.say(_IN_TIMELINE[stored.record.state if stored else None])
        when = moment_token(one.at, desk.default_language, desk.zone)
        label = planned_label(one, desk.default_language, desk.zone, desk.say)
        lines.append(f"• {when}: {escaped(label.partition(' · ')[2])} · {state}")
    return lines


def _dates_of_groups(around: Situation) -> list[str]:
    desk = around.desk
    starts = {
        one.group.id: one for one in around.schedule.announcements if one.template == "enrollment"
    }
    return [
        f"• {escaped(one.group.name(desk.default_language))}: "
        + moment_token(one.at, desk.default_language, desk.zone)
        for one in starts.values()
    ]


_IN_TIMELINE: Mapping[State | None, str] = {
    None: "timeline-planned",
    State.DRAFT: "timeline-draft",
    State.SCHEDULED: "timeline-scheduled",
    State.HELD: "timeline-held",
    State.SENDING: "timeline-sending",
    State.SENT: "timeline-sent",
    State.CANCELLED: "timeline-cancelled",
    State.RECALLED: "timeline-recalled",
}


def _answer(commanded: Commanded, text: str, now: datetime) -> Decision:
    return Decision(outbox=(privately(commanded, Content(text, sections(text)), now),))


# Presses -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AdminPress:
    """A press on a card, with what it is about."""

    pressed: Pressed
    stored: Stored[Announcement]
    around: Situation
    language: Language
    now: datetime

    @property
    def announcement(self) -> Announcement:
        return self.stored.record

    @property
    def desk(self) -> AnnouncingDesk:
        return self.around.desk

    @property
    def user(self) -> str:
        return self.pressed.user

    async def becomes(self, announcement: Announcement, *outbox: OutboxItem) -> Decision:
        return await changed(self.stored, announcement, self.around, self.now, outbox)

    def opens(self, view: Mapping[str, Any]) -> Decision:
        return Decision(modal=OpenModal(self.pressed.trigger_id, view))


AdminStep: TypeAlias = Callable[[AdminPress], Awaitable[Decision]]


async def decide_admin_press(pressed: Pressed, desk: AnnouncingDesk, now: datetime) -> Decision:
    """What to do about a press on a card; refused to those who are no admins, but the sponsor may
    approve."""
    language, announcement_id_ = _language_and_id(pressed.value, desk)
    stored = await desk.store.get(ANNOUNCEMENT, announcement_id_)
    if stored is None or stored.record.team != pressed.team:
        return tell(pressed, desk.say("announcing-gone"), now)
    sponsor_approves = pressed.action == Admin.APPROVE and pressed.user == desk.plan.sponsor.user
    if not sponsor_approves and not await desk.is_admin(pressed.user):
        return tell(pressed, desk.say(REFUSALS[Refusal.NOT_ADMIN]), now)
    press = AdminPress(pressed, stored, await situation(desk), language, now)
    try:
        return await STEPS[Admin(pressed.action)](press)
    except AnnouncementRefused as refused:
        return tell(pressed, desk.say(REFUSALS[refused.refusal]), now)


def _language_and_id(value: str, desk: AnnouncingDesk) -> tuple[Language, str]:
    """A button's value is an id; that of a choice among languages has the language before it."""
    first, _, rest = value.partition(" ")
    if rest and first in {language.value for language in Language}:
        return Language(first), rest
    return desk.default_language, value


async def _preview(press: AdminPress) -> Decision:
    """The message exactly as it will look, in each language that a channel gets, privately."""
    announcement = press.announcement
    items = tuple(
        OutboxItem(
            key=f"preview:{press.pressed.key}:{language}",
            team=announcement.team,
            order_group=f"direct/{press.user}",
            call=Post(
                ToPerson(press.user),
                press.around.content(announcement, language),
                persona=persona_of(press.desk),
            ),
            due_at=press.now,
        )
        for language in sorted(announcement.languages or {press.desk.default_language})
    )
    told = tell(press.pressed, press.desk.say("announcing-previewed"), press.now)
    return replace(told, outbox=(*items, *told.outbox))


async def _edit(press: AdminPress) -> Decision:
    announcement = press.announcement
    message = announcement.messages.get(press.language)
    return press.opens(edit_form(announcement, press.language, message, press.desk.say))


async def _approve(press: AdminPress) -> Decision:
    approval = Approval(
        press.user,
        press.desk.plan.settings.approval,
        flawless=not press.around.flaws(press.announcement),
    )
    return await press.becomes(approve(press.announcement, approval, press.now))


async def _ask_sponsor(press: AdminPress) -> Decision:
    """The sponsor reads the message in a direct message and may approve it there."""
    announcement, desk = press.announcement, press.desk
    content = press.around.content(announcement, desk.default_language)
    lead = desk.say("announcing-sponsor-lead", who=f"<@{press.user}>")
    approves = button(Admin.APPROVE, desk.say("button-approve"), announcement.id, "primary")
    item = OutboxItem(
        key=f"sponsor:{announcement.id}:{len(announcement.log)}",
        team=announcement.team,
        order_group=f"direct/{desk.plan.sponsor.user}",
        call=Post(
            ToPerson(desk.plan.sponsor.user),
            Content(
                f"{lead}\n{content.text}",
                (mrkdwn(lead), *content.blocks, {"type": "actions", "elements": [approves]}),
            ),
        ),
        due_at=press.now,
    )
    told = tell(press.pressed, desk.say("announcing-sponsor-asked"), press.now)
    return replace(told, outbox=(item, *told.outbox))


async def _everyone(press: AdminPress) -> Decision:
    return await press.becomes(confirm_everyone(press.announcement, press.user, press.now))


async def _go(press: AdminPress) -> Decision:
    told = tell(press.pressed, press.desk.say("go-noted"), press.now)
    return await press.becomes(go_on(press.announcement, press.user, press.now), *told.outbox)


async def _move(press: AdminPress) -> Decision:
    announcement = press.announcement
    in_plan = bool(announcement.planned)
    return press.opens(move_form(announcement, in_plan, press.desk.zone, press.desk.say))


async def _resend(press: AdminPress) -> Decision:
    """Only the channels that failed, under a new key each."""
    latest = await latest_deliveries(press.announcement, press.desk.store)
    failed = {channel for channel, entry in latest.items() if entry.state is OutboxState.DEAD}
    again = resend(press.announcement, press.user, press.now)
    audience = [one for one in again.audience if one.channel in failed]
    decision = await press.becomes(again, *deliveries(again, audience, press.around, press.now))
    return replace(decision, due=(first_look(again, press.now),))


async def _duplicate(press: AdminPress) -> Decision:
    desk, now = press.desk, press.now
    copy = replace(
        press.announcement,
        id=free_id(desk.team, press.user, now),
        planned="",
        state=State.DRAFT,
        author=press.user,
        sends_at=max(press.announcement.sends_at, now + timedelta(days=1)),
        log=(),
        approved_by="",
        cards=1,
        resends=0,
        corrections=0,
        started_at=None,
    )
    return await _new(drafted(copy, now), press.around, now)


async def _log(press: AdminPress) -> Decision:
    desk = press.desk
    text = log_text(press.announcement, desk.default_language, desk.zone, desk.say)
    return press.opens(closing_view(desk.say("announcing-log-title"), sections(text), desk.say))


def _confirmed(action: Admin) -> AdminStep:
    """A step that first shows what is before and what is after."""

    async def ask(press: AdminPress) -> Decision:
        _would(action, press.announcement, press.user, press.now)
        lines = _before_and_after(action, press.announcement, press.around)
        metadata = {"do": action, "id": press.announcement.id}
        return press.opens(confirm_form(lines, metadata, press.desk.say))

    return ask


STEPS: Mapping[Admin, AdminStep] = {
    Admin.PREVIEW: _preview,
    Admin.EDIT: _edit,
    Admin.APPROVE: _approve,
    Admin.ASK_SPONSOR: _ask_sponsor,
    Admin.EVERYONE: _everyone,
    Admin.GO: _go,
    Admin.MOVE: _move,
    Admin.RESEND: _resend,
    Admin.DUPLICATE: _duplicate,
    Admin.LOG: _log,
    Admin.HOLD: _confirmed(Admin.HOLD),
    Admin.RESUME: _confirmed(Admin.RESUME),
    Admin.SEND_NOW: _confirmed(Admin.SEND_NOW),
    Admin.CANCEL: _confirmed(Admin.CANCEL),
    Admin.DELETE: _confirmed(Admin.DELETE),
    Admin.RECALL: _confirmed(Admin.RECALL),
}

_SIMPLE: Mapping[Admin, Callable[[Announcement, str, datetime], Announcement]] = {
    Admin.HOLD: hold,
    Admin.RESUME: resume,
    Admin.SEND_NOW: send_now,
    Admin.CANCEL: cancel,
    Admin.DELETE: cancel,
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


def _would(action: Admin, announcement: Announcement, user: str, now: datetime) -> Announcement:
    return _SIMPLE[action](announcement, user, now)


def _before_and_after(
    action: Admin, announcement: Announcement, around: Situation
) -> tuple[str, str, str]:
    desk = around.desk
    when = moment_token(announcement.sends_at, desk.default_language, desk.zone)
    state = desk.say(_IN_TIMELINE[announcement.state])
    channels = len(announcement.audience)
    return (
        f"*{escaped(around.title(announcement))}*",
        desk.say("announcing-before", state=state, when=when, count=channels),
        desk.say(_AFTER[action], when=when, count=channels),
    )


# Forms -------------------------------------------------------------------------------------------


FormStep: TypeAlias = Callable[[Submitted, AnnouncingDesk, datetime], Awaitable[Decision]]


async def decide_admin_form(submitted: Submitted, desk: AnnouncingDesk, now: datetime) -> Decision:
    """What to do about a form of an admin. A refusal takes the form's place."""
    if not await desk.is_admin(submitted.user):
        return _refuse_form(desk, Refusal.NOT_ADMIN)
    try:
        return await FORMS[Form(submitted.callback)](submitted, desk, now)
    except AnnouncementRefused as refused:
        return _refuse_form(desk, refused.refusal)


def _refuse_form(desk: AnnouncingDesk, refusal: Refusal) -> Decision:
    text = desk.say(REFUSALS[refusal])
    view = closing_view(desk.say("announcing-refused-title"), [mrkdwn(text)], desk.say)
    return Decision(reply={"response_action": "update", "view": view})


async def _chosen(submitted: Submitted, desk: AnnouncingDesk, now: datetime) -> Decision:
    """A draft of the planned message, or the form for a free one."""
    chosen = submitted.values.get("planned", "")
    around = await situation(desk)
    if chosen == FREE:
        groups = [(one.id, one.name(desk.default_language)) for one in desk.plan.groups]
        view = free_form(groups, now + timedelta(days=1), desk.zone, desk.say)
        return Decision(reply={"response_action": "update", "view": view})
    planned = around.schedule.named(chosen)
    if planned is None:
        raise AnnouncementRefused(Refusal.NOT_NOW)
    stored = around.of_planned(chosen)
    if stored is None:
        return await _new(draft_of(planned, desk, submitted.user, now), around, now)
    again = replace(stored.record, cards=stored.record.cards + 1)
    content, _ = await shown_card(again, around, now)
    return Decision(
        puts=(Put(ANNOUNCEMENT, again, stored.version),),
        outbox=(new_card(again, content, desk, now),),
    )


async def _written(submitted: Submitted, desk: AnnouncingDesk, now: datetime) -> Decision:
    """A free message, drafted."""
    values = submitted.values
    sends_at = _entered_moment(values, desk)
    if sends_at is None or sends_at <= now:
        return _beside("day", desk.say(REFUSALS[Refusal.PAST_DATE]))
    audience = _audience(values, desk)
    if not audience:
        return _beside("channel", desk.say(REFUSALS[Refusal.NO_AUDIENCE]))
    announcement = Announcement(
        id=free_id(desk.team, submitted.user, now),
        team=desk.team,
        state=State.DRAFT,
        planned="",
        group="",
        phase=None,
        messages={desk.default_language: _entered_message(values)},
        audience=audience,
        sends_at=sends_at,
        author=submitted.user,
    )
    return await _new(drafted(announcement, now), await situation(desk), now)


async def _edited(submitted: Submitted, desk: AnnouncingDesk, now: datetime) -> Decision:
    """Other words: a draft changes, what was sent is corrected everywhere."""
    stored, metadata = await _of_form(submitted, desk)
    language = Language(metadata["language"])
    message = _entered_message(submitted.values)
    around = await situation(desk)
    if stored.record.state is not State.SENT:
        changed_ = edit(stored.record, language, message, submitted.user, now)
        return await changed(stored, changed_, around, now)
    corrected = correct(stored.record, language, message, submitted.user, now)
    edits = await _at_deliveries(
        corrected,
        desk,
        now,
        f"correct{corrected.corrections}",
        lambda one, place: Edit(place, around.content(corrected, one.language)),
    )
    return await changed(stored, corrected, around, now, edits)


async def _moved(submitted: Submitted, desk: AnnouncingDesk, now: datetime) -> Decision:
    """Before and after of a move, to be confirmed."""
    stored, _ = await _of_form(submitted, desk)
    to = _entered_moment(submitted.values, desk)
    if to is None or to <= now:
        return _beside("day", desk.say(REFUSALS[Refusal.PAST_DATE]))
    scope = Scope(submitted.values.get("scope") or Scope.ONE)
    around = await situation(desk)
    lines = _moves_in_words(stored.record, to, scope, around, submitted.user, now)
    metadata = {
        "do": Admin.MOVE,
        "id": stored.record.id,
        "to": to.isoformat(),
        "scope": scope,
    }
    view = confirm_form(lines, metadata, desk.say)
    return Decision(reply={"response_action": "update", "view": view})


async def _done(submitted: Submitted, desk: AnnouncingDesk, now: datetime) -> Decision:
    """What was shown as before and after is confirmed."""
    stored, metadata = await _of_form(submitted, desk)
    action = Admin(metadata["do"])
    around = await situation(desk)
    if action is Admin.MOVE:
        to, scope = datetime.fromisoformat(metadata["to"]), Scope(metadata["scope"])
        return await _move_all(stored.record, to, scope, around, submitted.user, now)
    after = _would(action, stored.record, submitted.user, now)
    if action is Admin.DELETE and stored.record.state is State.DRAFT:
        return _deleted(stored, now)
    if action is Admin.RECALL:
        withdrawals = await _at_deliveries(
            after, desk, now, "recall", lambda one, place: Withdraw(place)
        )
        return await changed(stored, after, around, now, withdrawals)
    return await changed(stored, after, around, now)


FORMS: Mapping[Form, FormStep] = {
    Form.CHOOSE: _chosen,
    Form.FREE: _written,
    Form.EDIT: _edited,
    Form.MOVE: _moved,
    Form.CONFIRM: _done,
}


async def _of_form(
    submitted: Submitted, desk: AnnouncingDesk
) -> tuple[Stored[Announcement], Mapping[str, str]]:
    metadata = json.loads(submitted.metadata)
    stored = await desk.store.get(ANNOUNCEMENT, metadata["id"])
    if stored is None or stored.record.team != submitted.team:
        raise AnnouncementRefused(Refusal.NOT_NOW)
    return stored, metadata


async def _new(announcement: Announcement, around: Situation, now: datetime) -> Decision:
    """A new draft with its card."""
    content, _ = await shown_card(announcement, around.with_moved(announcement), now)
    return Decision(
        puts=(Put(ANNOUNCEMENT, announcement, NEW),),
        outbox=(new_card(announcement, content, around.desk, now),),
    )


def _deleted(stored: Stored[Announcement], now: datetime) -> Decision:
    announcement = stored.record
    gone = OutboxItem(
        key=f"announcement-card:{announcement.id}:{announcement.cards}:gone",
        team=announcement.team,
        order_group=f"announcement-card/{announcement.id}",
        call=Withdraw(ItemMessage(f"announcement-card:{announcement.id}:{announcement.cards}")),
        due_at=now,
    )
    return Decision(
        deletes=(Delete(ANNOUNCEMENT, announcement.id, stored.version),),
        outbox=(gone,) if announcement.cards else (),
        cancels=(announce_command(announcement).key,),
    )


async def _at_deliveries(
    announcement: Announcement,
    desk: AnnouncingDesk,
    now: datetime,
    mark: str,
    call: Callable[[Audience, ItemMessage], Edit | Withdraw],
) -> tuple[OutboxItem, ...]:
    """A change to every message that was sent."""
    latest = await latest_deliveries(announcement, desk.store)
    sent = [
        (one, latest[one.channel])
        for one in announcement.audience
        if one.channel in latest and latest[one.channel].state is OutboxState.DONE
    ]
    return tuple(
        OutboxItem(
            key=f"{entry.item.key}:{mark}",
            team=announcement.team,
            order_group=f"announcements/{one.channel}",
            call=call(one, ItemMessage(entry.item.key)),
            due_at=now,
            about=f"{_CHANGED_BY_FORM}:{announcement.id}",
            lane=Lane.ANNOUNCEMENT,
        )
        for one, entry in sent
    )


# Moving ------------------------------------------------------------------------------------------


def _moves_in_words(
    announcement: Announcement,
    to: datetime,
    scope: Scope,
    around: Situation,
    user: str,
    now: datetime,
) -> list[str]:
    desk = around.desk
    move(announcement, to, user, now)
    moves = moved_along(around.standings(), around.standing_of(announcement), to, scope)
    if any(at <= now for at in moves.values()):
        raise AnnouncementRefused(Refusal.PAST_DATE)
    before = {one.id: one.sends_at for one in around.standings()}
    lines = [desk.say("announcing-moves", count=len(moves))]
    for moved_id, after in moves.items():
        planned = around.schedule.named(moved_id)
        label = planned.id if planned else around.title(announcement)
        moments = (before[moved_id], after)
        arrow = " → ".join(moment_token(one, desk.default_language, desk.zone) for one in moments)
        lines.append(f"• {escaped(label)}: {arrow}")
    after_all = around.schedule.with_moments(moves)
    for finding in order_problems(list(after_all.announcements), desk.plan):
        lines.append(desk.say("announcing-disorder", problem=escaped(finding.problem)))
    for group in _told_groups(moves, around):
        lines.append(desk.say("announcing-told", group=escaped(group)))
    return lines


async def _move_all(
    announcement: Announcement,
    to: datetime,
    scope: Scope,
    around: Situation,
    user: str,
    now: datetime,
) -> Decision:
    """Everything in the scope at its new time. What was only planned becomes a draft, so that its
    new time is kept; a group that was told the old date is offered a notice."""
    moves = moved_along(around.standings(), around.standing_of(announcement), to, scope)
    decision = NOTHING
    for moved_id, at in moves.items():
        decision = _both(decision, await _move_one(moved_id, at, around, user, now))
    moved_around = replace(around, records=_records_after(decision, around))
    for group in _told_groups(moves, around):
        notice = _notice(group, moved_around, user, now)
        decision = _both(decision, await _new(notice, moved_around, now))
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
    draft = replace(move(draft_of(planned, desk, user, now), at, user, now), cards=0)
    return Decision(puts=(Put(ANNOUNCEMENT, draft, NEW),))


def _both(one: Decision, other: Decision) -> Decision:
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


def _notice(group_id: str, around: Situation, user: str, now: datetime) -> Announcement:
    desk = around.desk
    group = desk.plan.group(group_id)
    channels = group.channels if group else ()
    language = group.language if group else desk.default_language
    return drafted(
        Announcement(
            id=f"{free_id(desk.team, user, now)}-{group_id}",
            team=desk.team,
            state=State.DRAFT,
            planned="",
            group=group_id,
            phase=None,
            messages={one: template(NOTICE, one) for one in Language},
            audience=tuple(Audience(channel, language) for channel in channels),
            sends_at=now + timedelta(hours=1),
            author=user,
        ),
        now,
    )


# What forms hold ---------------------------------------------------------------------------------


def _entered_message(values: Mapping[str, str]) -> Message:
    return Message(*(values.get(part, "").strip() for part in ("title", "body", "action", "help")))


def _entered_moment(values: Mapping[str, str], desk: AnnouncingDesk) -> datetime | None:
    try:
        day, hour = date.fromisoformat(values["day"]), time.fromisoformat(values["hour"])
    except (KeyError, ValueError):
        return None
    return moment(day, hour, desk.plan.settings).at


def _audience(values: Mapping[str, str], desk: AnnouncingDesk) -> tuple[Audience, ...]:
    """The channels of the chosen groups, each in its language, and one channel more."""
    chosen = [desk.plan.group(one) for one in values.get("groups", "").split(",")]
    languages = {channel: group.language for group in chosen if group for channel in group.channels}
    if channel := values.get("channel"):
        languages.setdefault(channel, desk.default_language)
    return tuple(Audience(one, language) for one, language in languages.items())


def _beside(block: str, text: str) -> Decision:
    """The form stays open with a sentence beside one of its inputs."""
    return Decision(reply={"response_action": "errors", "errors": {block: text}})


def tell(pressed: Pressed, text: str, now: datetime) -> Decision:
    """A sentence that only the one who pressed reads."""
    content = Content(text)
    direct = pressed.channel.startswith("D")
    call = (
        Post(InChannel(pressed.channel), content)
        if direct
        else Whisper(pressed.channel, pressed.user, content, pressed.thread_ts)
    )
    item = OutboxItem(
        key=f"note:{pressed.key}",
        team=pressed.team,
        order_group=f"note/{pressed.user}",
        call=call,
        due_at=now,
    )
    return Decision(outbox=(item,))
