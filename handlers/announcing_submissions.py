"""The forms that admins send in. Each is authorised on arrival against the admin channel."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from handlers.announcing_blocks import live_lines
from handlers.announcing_card import Admin, flaw_text
from handlers.announcing_deliveries import at_deliveries, notes_in_place
from handlers.announcing_desk import REFUSALS, AnnouncingDesk, Situation, draft_of, situation
from handlers.announcing_drafting import new_draft, put_away
from handlers.announcing_due import first_look
from handlers.announcing_forms import (
    FREE,
    NO_QUOTE,
    QUOTED,
    Form,
    closing_view,
    confirm_form,
    free_form,
)
from handlers.announcing_moving import DATE_OPEN, both, move_all, moves_in_words, notice_to
from handlers.announcing_quotes import quotable, token_of
from handlers.announcing_replacing import decide_replaced
from handlers.announcing_showing import changed, new_card, shown_card
from handlers.announcing_steering import group_told_otherwise, would
from handlers.decision import Decision
from handlers.payloads import Submitted
from handlers.text import escaped, visible
from knowledge.article import Language
from rollout.announcement import (
    Announcement,
    Audience,
    Scope,
    State,
    correct,
    draft_again,
    drafted,
    edit,
    free_id,
    quote_words,
    readdress,
)
from rollout.calendar import moment
from rollout.errors import AnnouncementRefused, Refusal
from rollout.messages import Message
from storage.kinds import ANNOUNCEMENT
from storage.outbox import Edit, Withdraw
from storage.port import Put
from storage.records import Stored

NOTE = "announcement-recalled"
"""The note that a recall proposes."""


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
    view = closing_view(desk.say("announcing-refused-title"), [live_lines(text)], desk.say)
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
        return await _drafted(draft_of(planned, desk, submitted.user, now), around, now)
    again = replace(stored.record, cards=stored.record.cards + 1)
    content, _ = await shown_card(again, around, now)
    return Decision(
        puts=(Put(ANNOUNCEMENT, again, stored.version),),
        outbox=(new_card(again, content, desk, now),),
    )


async def _drafted(draft: Announcement, around: Situation, now: datetime) -> Decision:
    """A fresh draft; one that was deleted is taken up again, so that its log goes on."""
    deleted = await around.desk.store.get(ANNOUNCEMENT, draft.id)
    if deleted is None:
        return await new_draft(draft, around, now)
    return await new_draft(draft_again(deleted.record, draft), around, now, deleted.version)


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
    return await new_draft(drafted(announcement, now), await situation(desk), now)


async def _edited(submitted: Submitted, desk: AnnouncingDesk, now: datetime) -> Decision:
    """Other words: a draft changes, what was sent is corrected everywhere. What somebody else
    changed in the meantime is not overwritten; the form stays open with what was written."""
    stored, metadata = await _of_form(submitted, desk)
    if int(metadata["revision"]) != stored.record.revision:
        return _beside("body", desk.say(REFUSALS[Refusal.CHANGED]))
    language = Language(metadata["language"])
    message = _entered_message(submitted.values)
    around = await situation(desk)
    if stored.record.state is State.SENT:
        return await _corrected(stored, language, message, around, submitted.user, now)
    after = edit(stored.record, language, message, submitted.user, now)
    return await changed(stored, after, around, now)


async def _corrected(
    stored: Stored[Announcement],
    language: Language,
    message: Message,
    around: Situation,
    user: str,
    now: datetime,
) -> Decision:
    """In every channel that has it, once the check finds nothing: there is no draft any more in
    which a flaw could wait."""
    desk = around.desk
    after = correct(stored.record, language, message, user, now)
    if flaws := around.flaws(after):
        return _beside("body", "\n".join(flaw_text(one, desk.say) for one in flaws))
    edits = await at_deliveries(
        after, desk.store, now, lambda one, place: Edit(place, around.content(after, one.language))
    )
    decision = await changed(stored, after, around, now, edits)
    return replace(decision, due=(*decision.due, first_look(after, now)))


async def _addressed(submitted: Submitted, desk: AnnouncingDesk, now: datetime) -> Decision:
    """Other channels; those that stay keep their language."""
    stored, _ = await _of_form(submitted, desk)
    known = {one.channel: one.language for one in stored.record.audience}
    language = Language(submitted.values["language"])
    channels = [one for one in submitted.values.get("channels", "").split(",") if one]
    if not channels:
        return _beside("channels", desk.say(REFUSALS[Refusal.NO_AUDIENCE]))
    audience = tuple(Audience(one, known.get(one, language)) for one in channels)
    after = readdress(stored.record, audience, submitted.user, now)
    return await changed(stored, after, await situation(desk), now)


async def _quoted(submitted: Submitted, desk: AnnouncingDesk, now: datetime) -> Decision:
    """Words from the survey, or none. Consent may have been taken back while the form was open."""
    stored, metadata = await _of_form(submitted, desk)
    if int(metadata["revision"]) != stored.record.revision:
        return _beside(QUOTED, desk.say(REFUSALS[Refusal.CHANGED]))
    chosen = submitted.values.get(QUOTED, NO_QUOTE)
    offered = await quotable(desk.store, desk.team, desk.plan)
    response = next((one.id for one in offered if token_of(one) == chosen), "")
    if chosen != NO_QUOTE and not response:
        return _beside(QUOTED, desk.say("announcing-quote-gone"))
    after = quote_words(stored.record, response, submitted.user, now)
    if after is stored.record:
        return Decision()
    around = replace(await situation(desk), quotes={one.id: one for one in offered})
    return await changed(stored, after, around, now)


async def _moved(submitted: Submitted, desk: AnnouncingDesk, now: datetime) -> Decision:
    """Before and after of a move, to be confirmed."""
    stored, _ = await _of_form(submitted, desk)
    to = _entered_moment(submitted.values, desk)
    if to is None or to <= now:
        return _beside("day", desk.say(REFUSALS[Refusal.PAST_DATE]))
    scope = Scope(submitted.values.get("scope") or Scope.ONE)
    around = await situation(desk)
    lines = moves_in_words(stored.record, to, scope, around, submitted.user, now)
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
        return await move_all(stored.record, to, scope, around, submitted.user, now)
    after = would(action, stored.record, submitted.user, now)
    if action is Admin.DELETE:
        return put_away(stored, after, now)
    if action is Admin.RECALL:
        note = visible(submitted.values.get("note", ""))
        return await _recalled(stored, after, note, around, now)
    decision = await changed(stored, after, around, now)
    told = group_told_otherwise(action, stored.record, around)
    if told is None:
        return decision
    notice = notice_to(told.id, DATE_OPEN, around, submitted.user, now)
    return both(decision, await new_draft(notice, around, now))


async def _recalled(
    stored: Stored[Announcement], after: Announcement, note: str, around: Situation, now: datetime
) -> Decision:
    """Taken from every channel that has it. The note that the form proposed is left in each
    channel's language, one of the admins' own as they wrote it, and none where they emptied it."""
    desk = around.desk
    gone = await at_deliveries(after, desk.store, now, lambda one, place: Withdraw(place))
    languages = {one.channel: one.language for one in after.audience}
    proposed = note == desk.say(NOTE)

    def words(channel: str) -> str:
        return desk.say_in(languages[channel])(NOTE) if proposed else escaped(note)

    notes = notes_in_place(after, gone, words) if note else ()
    decision = await changed(stored, after, around, now, (*gone, *notes))
    return replace(decision, due=(*decision.due, first_look(after, now)))


FORMS: Mapping[Form, FormStep] = {
    Form.CHOOSE: _chosen,
    Form.FREE: _written,
    Form.EDIT: _edited,
    Form.AUDIENCE: _addressed,
    Form.QUOTE: _quoted,
    Form.MOVE: _moved,
    Form.CONFIRM: _done,
    Form.REPLACE: decide_replaced,
}


async def _of_form(
    submitted: Submitted, desk: AnnouncingDesk
) -> tuple[Stored[Announcement], Mapping[str, str]]:
    metadata = json.loads(submitted.metadata)
    stored = await desk.store.get(ANNOUNCEMENT, metadata["id"])
    if stored is None or stored.record.team != submitted.team:
        raise AnnouncementRefused(Refusal.NOT_NOW)
    return stored, metadata


def _entered_message(values: Mapping[str, str]) -> Message:
    return Message(*(visible(values.get(part, "")) for part in ("title", "body", "action", "help")))


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
