"""What admins press on an announcement's card. Every press is authorised on arrival against the
admin channel."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from handlers.announcing_blocks import button, live_lines, sections
from handlers.announcing_card import Admin, approval_value, log_text
from handlers.announcing_deliveries import deliveries, joins, latest_deliveries, persona_of
from handlers.announcing_desk import REFUSALS, AnnouncingDesk, Situation, situation
from handlers.announcing_drafting import new_draft
from handlers.announcing_due import first_look
from handlers.announcing_forms import (
    NO_QUOTE,
    audience_form,
    closing_view,
    confirm_form,
    edit_form,
    move_form,
    quote_form,
    recall_form,
)
from handlers.announcing_notes import tell
from handlers.announcing_quotes import group_of, quotable, shown_words, token_of
from handlers.announcing_showing import card_again, changed, shown_card
from handlers.announcing_steering import before_and_after, would
from handlers.announcing_words import moment_token
from handlers.decision import Decision, OpenModal
from handlers.payloads import Pressed
from knowledge.article import Language
from rollout.announcement import (
    Announcement,
    Approval,
    State,
    approve,
    confirm_everyone,
    drafted,
    free_id,
    go_on,
    resend,
)
from rollout.enrolled import FEWEST_SHOWN
from rollout.errors import AnnouncementRefused, Refusal
from storage.kinds import ANNOUNCEMENT
from storage.outbox import Content, OutboxItem, OutboxState, Post, ToPerson
from storage.records import Stored


@dataclass(frozen=True)
class AdminPress:
    """A press on a card, with what it is about."""

    pressed: Pressed
    stored: Stored[Announcement]
    around: Situation
    language: Language
    revision: int
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
    about, announcement_id_ = _about_and_id(pressed.value)
    stored = await desk.store.get(ANNOUNCEMENT, announcement_id_)
    if stored is None or stored.record.team != pressed.team:
        return tell(pressed, desk.say("announcing-gone"), now)
    sponsor_approves = pressed.action == Admin.APPROVE and pressed.user == desk.plan.sponsor.user
    if not sponsor_approves and not await desk.is_admin(pressed.user):
        return tell(pressed, desk.say(REFUSALS[Refusal.NOT_ADMIN]), now)
    around = await situation(desk)
    language = Language(about) if about in tuple(Language) else desk.default_language
    revision = int(about) if about.isdecimal() else stored.record.revision
    press = AdminPress(pressed, stored, around, language, revision, now)
    try:
        return await STEPS[Admin(pressed.action)](press)
    except AnnouncementRefused as refused:
        return tell(pressed, desk.say(REFUSALS[refused.refusal]), now)


def _about_and_id(value: str) -> tuple[str, str]:
    """A button's value is an id; where something is chosen or read, that stands before it: a
    language, or a revision."""
    first, _, rest = value.partition(" ")
    return (first, rest) if rest else ("", value)


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


async def _audience(press: AdminPress) -> Decision:
    announcement, desk = press.announcement, press.desk
    languages = [one.language for one in announcement.audience]
    language = languages[0] if languages else desk.default_language
    return press.opens(audience_form(announcement, language, desk.say))


async def _approve(press: AdminPress) -> Decision:
    approval = Approval(
        press.user,
        press.desk.plan.settings.approval,
        flawless=not press.around.flaws(press.announcement),
        revision=press.revision,
    )
    approved = approve(press.announcement, approval, press.now)
    joining = joins(approved, press.now)
    if not press.pressed.channel.startswith("D"):
        return await press.becomes(approved, *joining)
    when = moment_token(approved.sends_at, press.desk.default_language, press.desk.zone)
    told = tell(press.pressed, press.desk.say("announcing-approved", when=when), press.now)
    return await press.becomes(approved, *joining, *told.outbox)


async def _ask_sponsor(press: AdminPress) -> Decision:
    """The sponsor reads the message in a direct message and may approve it there."""
    announcement, desk = press.announcement, press.desk
    content = press.around.content(announcement, desk.default_language)
    lead = desk.say("announcing-sponsor-lead", who=f"<@{press.user}>")
    value = approval_value(announcement)
    approves = button(Admin.APPROVE, desk.say("button-approve"), value, "primary")
    item = OutboxItem(
        key=f"sponsor:{announcement.id}:{len(announcement.log)}",
        team=announcement.team,
        order_group=f"direct/{desk.plan.sponsor.user}",
        call=Post(
            ToPerson(desk.plan.sponsor.user),
            Content(
                f"{lead}\n{content.text}",
                (live_lines(lead), *content.blocks, {"type": "actions", "elements": [approves]}),
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


async def _quote(press: AdminPress) -> Decision:
    """The words from the survey that may be quoted."""
    desk, announcement = press.desk, press.announcement
    offered = await quotable(desk.store, desk.team, desk.plan)
    if not offered:
        lines = sections(desk.say("announcing-quote-nothing", fewest=FEWEST_SHOWN))
        return press.opens(closing_view(desk.say("announcing-quote-title"), lines, desk.say))
    now_quoted = press.around.quotes.get(announcement.quote)
    return press.opens(
        quote_form(
            announcement,
            [
                (token_of(one), group_of(one, desk.plan, desk.default_language), shown_words(one))
                for one in offered
            ],
            token_of(now_quoted) if now_quoted else NO_QUOTE,
            desk.say,
        )
    )


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
        everyone_confirmed=False,
        cards=1,
        resends=0,
        corrections=0,
        started_at=None,
    )
    return await new_draft(drafted(copy, now), press.around, now)


async def _log(press: AdminPress) -> Decision:
    desk = press.desk
    text = log_text(press.announcement, desk.default_language, desk.zone, desk.say)
    return press.opens(closing_view(desk.say("announcing-log-title"), sections(text), desk.say))


async def _recall(press: AdminPress) -> Decision:
    """Before and after, and the note that is left in the place of the message."""
    desk = press.desk
    would(Admin.RECALL, press.announcement, press.user, press.now)
    lines = before_and_after(Admin.RECALL, press.announcement, press.around)
    metadata = {"do": Admin.RECALL, "id": press.announcement.id}
    return press.opens(recall_form(lines, metadata, desk.say("announcement-recalled"), desk.say))


def _confirmed(action: Admin) -> AdminStep:
    """A step that first shows what is before and what is after."""

    async def ask(press: AdminPress) -> Decision:
        would(action, press.announcement, press.user, press.now)
        lines = before_and_after(action, press.announcement, press.around)
        metadata = {"do": action, "id": press.announcement.id}
        return press.opens(confirm_form(lines, metadata, press.desk.say))

    return ask


async def _resume(press: AdminPress) -> Decision:
    """What was held beyond its time is not resumed: its card, which may not have been shown anew
    since, then offers to send it now or to move it."""
    announcement, now = press.announcement, press.now
    if announcement.state is not State.HELD or announcement.sends_at > now:
        return await _confirmed(Admin.RESUME)(press)
    content, _ = await shown_card(announcement, press.around, now)
    card = card_again(announcement, content, f"late:{press.pressed.key}", now)
    told = tell(press.pressed, press.desk.say("announcing-resume-late"), now)
    return replace(told, outbox=(*card, *told.outbox))


STEPS: Mapping[Admin, AdminStep] = {
    Admin.PREVIEW: _preview,
    Admin.EDIT: _edit,
    Admin.AUDIENCE: _audience,
    Admin.APPROVE: _approve,
    Admin.ASK_SPONSOR: _ask_sponsor,
    Admin.EVERYONE: _everyone,
    Admin.GO: _go,
    Admin.QUOTE: _quote,
    Admin.MOVE: _move,
    Admin.RESEND: _resend,
    Admin.DUPLICATE: _duplicate,
    Admin.LOG: _log,
    Admin.HOLD: _confirmed(Admin.HOLD),
    Admin.RESUME: _resume,
    Admin.SEND_NOW: _confirmed(Admin.SEND_NOW),
    Admin.CANCEL: _confirmed(Admin.CANCEL),
    Admin.DELETE: _confirmed(Admin.DELETE),
    Admin.RECALL: _recall,
}
