"""Another date: asked for in a form, decided by the admins in their channel."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from handlers.announcing_blocks import button, live_lines, option, plain
from handlers.announcing_desk import REFUSALS, AnnouncingDesk, situation
from handlers.announcing_notes import tell
from handlers.announcing_words import date_token
from handlers.catalogue import Say, long_date
from handlers.decision import Decision, OpenModal
from handlers.payloads import Pressed, Submitted
from handlers.text import escaped, shortened
from handlers.ticket_words import quoted, received
from handlers.turns import own_group_put, own_groups
from knowledge.article import Language
from rollout.errors import Refusal
from rollout.plan import Group
from rollout.requests import (
    LONGEST_REASON,
    DateRequest,
    RequestRefusal,
    RequestRefused,
    RequestState,
    approve,
    asked,
    decline,
    request_id,
    wanted_date,
)
from rollout.turns import groups_that_enroll, turn_of
from storage.kinds import DATE_REQUEST
from storage.outbox import Block, Content, Edit, InChannel, ItemMessage, OutboxItem, Post, ToPerson
from storage.port import Put
from storage.records import NEW, Stored

ARTICLE = "move-my-date"
"""The article before which the form is offered."""
MODAL_TITLE = 24
"""docs.slack.dev/surfaces/modals"""


class RequestAction(StrEnum):
    ASK = "date-request.ask"
    APPROVE = "date-request.approve"
    DECLINE = "date-request.decline"


class RequestForm(StrEnum):
    ASK = "date-request.asked"
    DECLINE = "date-request.declined"


_REFUSED: Mapping[RequestRefusal, str] = {
    RequestRefusal.NO_DATE: "date-request-no-date",
    RequestRefusal.PAST: "date-request-past",
    RequestRefusal.TOO_FAR: "date-request-too-far",
    RequestRefusal.DECIDED: "date-request-decided",
    RequestRefusal.OWN: "date-request-own",
}


async def another_date(user: str, language: Language, desk: AnnouncingDesk) -> Content | None:
    """What stands before the article: the way to ask for another date, and what became of an
    earlier request. ``None`` when the plan has no dates."""
    if not groups_that_enroll(desk.plan, desk.planned):
        return None
    say = desk.say_in(language)
    stored = await desk.store.get(DATE_REQUEST, request_id(desk.team, user))
    lines = [say("date-request-offer"), *(_standing(stored.record, say) if stored else ())]
    text = "\n".join(lines)
    ask = button(RequestAction.ASK, say("button-another-date"), str(language), "primary")
    return Content(text, (live_lines(text), {"type": "actions", "elements": [ask]}))


def _standing(request: DateRequest, say: Say) -> tuple[str, ...]:
    wanted = long_date(request.wanted, request.language)
    match request.state:
        case RequestState.OPEN:
            return (say("turn-requested", date=wanted),)
        case RequestState.APPROVED:
            return (say("turn-granted", date=wanted),)
        case RequestState.DECLINED:
            return (say("date-request-was-declined", date=wanted),)


# Asking ------------------------------------------------------------------------------------------


async def decide_request_press(pressed: Pressed, desk: AnnouncingDesk, now: datetime) -> Decision:
    """Opens the form, with what was asked before."""
    language = Language(pressed.value)
    groups = groups_that_enroll(desk.plan, desk.planned)
    stored = await desk.store.get(DATE_REQUEST, request_id(desk.team, pressed.user))
    own = await own_groups(pressed.user, groups, desk)
    before = stored.record if stored and stored.record.open else None
    view = _ask_form(before, groups, own, language, _today(desk, now), desk.say_in(language))
    return Decision(modal=OpenModal(pressed.trigger_id, view))


async def decide_requested(submitted: Submitted, desk: AnnouncingDesk, now: datetime) -> Decision:
    """The request goes to the admins, and the person is told so. A date that cannot be is refused
    beside its input; the form keeps what was written."""
    language = Language(submitted.metadata)
    say = desk.say_in(language)
    try:
        wanted = wanted_date(submitted.values.get("wanted", ""), _today(desk, now))
    except RequestRefused as refused:
        return _beside("wanted", say(_REFUSED[refused.refusal]))
    reason = shortened(received(submitted.values.get("reason", "")), LONGEST_REASON)
    if not reason:
        return _beside("reason", say("date-request-no-reason"))
    group = submitted.values.get("group", "")
    stored = await desk.store.get(DATE_REQUEST, request_id(desk.team, submitted.user))
    request = DateRequest(
        id=request_id(desk.team, submitted.user),
        team=desk.team,
        user=submitted.user,
        group=group,
        language=language,
        wanted=wanted,
        reason=reason,
        asked_at=now,
    )
    kept = asked(request, stored.record if stored else None)
    return await _kept(kept, stored, desk, now)


async def _kept(
    request: DateRequest,
    stored: Stored[DateRequest] | None,
    desk: AnnouncingDesk,
    now: datetime,
) -> Decision:
    version = stored.version if stored else NEW
    content = await _card(request, desk)
    if stored is not None and stored.record.open:
        card = _card_again(request, content, version, now)
    else:
        card = _new_card(request, content, desk, now)
    say = desk.say_in(request.language)
    text = say("date-request-received", date=long_date(request.wanted, request.language))
    puts = [Put(DATE_REQUEST, request, version)]
    if request.group:
        puts.append(await own_group_put(request.user, request.group, desk, now))
    told = _to_person(request, f"received{version}", Content(text), now)
    return Decision(puts=tuple(puts), outbox=(card, told))


def _ask_form(
    before: DateRequest | None,
    groups: tuple[Group, ...],
    own: tuple[Group, ...],
    language: Language,
    today: date,
    say: Say,
) -> dict[str, Any]:
    options = [option(one.name(language), one.id) for one in groups[:100]]
    select: dict[str, Any] = {"type": "static_select", "action_id": "group", "options": options}
    if own:
        select["initial_option"] = option(own[0].name(language), own[0].id)
    wanted = before.wanted if before and before.wanted > today else today + timedelta(days=14)
    picker = {"type": "datepicker", "action_id": "wanted", "initial_date": wanted.isoformat()}
    reason: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": "reason",
        "multiline": True,
        "max_length": LONGEST_REASON,
    }
    if before:
        reason["initial_value"] = before.reason
    blocks = [
        _input("group", say("date-request-group"), select),
        _input("wanted", say("date-request-wanted"), picker),
        _input("reason", say("date-request-reason"), reason),
    ]
    title, submit = say("date-request-title"), say("date-request-submit")
    return _modal(RequestForm.ASK, title, submit, str(language), blocks, say)


# Deciding ----------------------------------------------------------------------------------------


async def decide_approve(pressed: Pressed, desk: AnnouncingDesk, now: datetime) -> Decision:
    """The date is the person's, who is told. For admins; nobody decides on their own request."""
    refused = await _refused_press(pressed, desk, now)
    stored = await _of(pressed.value, desk)
    if refused or stored is None:
        return refused or tell(pressed, desk.say("date-request-gone"), now)
    try:
        approved = approve(_as_shown(stored.record, pressed.value), pressed.user, now)
    except RequestRefused as no:
        return tell(pressed, desk.say(_REFUSED[no.refusal]), now)
    return await _decided(approved, stored, desk, now)


async def decide_decline(pressed: Pressed, desk: AnnouncingDesk, now: datetime) -> Decision:
    """Opens the form for a word of explanation."""
    refused = await _refused_press(pressed, desk, now)
    stored = await _of(pressed.value, desk)
    if refused or stored is None:
        return refused or tell(pressed, desk.say("date-request-gone"), now)
    try:
        decline(_as_shown(stored.record, pressed.value), pressed.user, "", now)
    except RequestRefused as no:
        return tell(pressed, desk.say(_REFUSED[no.refusal]), now)
    say = desk.say
    text = {
        "type": "plain_text_input",
        "action_id": "answer",
        "multiline": True,
        "max_length": LONGEST_REASON,
    }
    blocks = [{**_input("answer", say("date-request-answer"), text), "optional": True}]
    title, submit = say("date-request-decline-title"), say("button-decline")
    view = _modal(RequestForm.DECLINE, title, submit, pressed.value, blocks, say)
    return Decision(modal=OpenModal(pressed.trigger_id, view))


async def decide_declined(submitted: Submitted, desk: AnnouncingDesk, now: datetime) -> Decision:
    """The date stays as it was, and the person is told why."""
    say = desk.say
    if not await desk.is_admin(submitted.user):
        return _beside("answer", say(REFUSALS[Refusal.NOT_ADMIN]))
    stored = await _of(submitted.metadata, desk)
    if stored is None:
        return _beside("answer", say("date-request-gone"))
    answer = shortened(received(submitted.values.get("answer", "")), LONGEST_REASON)
    try:
        request = _as_shown(stored.record, submitted.metadata)
        declined = decline(request, submitted.user, answer, now)
    except RequestRefused as no:
        return _beside("answer", say(_REFUSED[no.refusal]))
    return await _decided(declined, stored, desk, now)


async def _refused_press(pressed: Pressed, desk: AnnouncingDesk, now: datetime) -> Decision | None:
    if await desk.is_admin(pressed.user):
        return None
    return tell(pressed, desk.say(REFUSALS[Refusal.NOT_ADMIN]), now)


async def _of(value: str, desk: AnnouncingDesk) -> Stored[DateRequest] | None:
    stored = await desk.store.get(DATE_REQUEST, value.partition(" ")[2])
    return stored if stored and stored.record.team == desk.team else None


def _as_shown(request: DateRequest, value: str) -> DateRequest:
    """The request, which must be the one the card was about. Raises ``RequestRefused``."""
    if value.partition(" ")[0] != str(request.number):
        raise RequestRefused(RequestRefusal.DECIDED)
    return request


async def _decided(
    request: DateRequest, stored: Stored[DateRequest], desk: AnnouncingDesk, now: datetime
) -> Decision:
    card = _card_again(request, await _card(request, desk), stored.version, now)
    content = _verdict(request, desk.say_in(request.language))
    told = _to_person(request, f"decided{stored.version}", content, now)
    return Decision(puts=(Put(DATE_REQUEST, request, stored.version),), outbox=(card, told))


def _verdict(request: DateRequest, say: Say) -> Content:
    day = long_date(request.wanted, request.language)
    if request.state is RequestState.APPROVED:
        return Content(say("date-request-approved", date=day))
    lead = say("date-request-declined", date=day)
    if not request.answer:
        return Content(lead)
    text = f"{lead}\n{escaped(request.answer)}"
    return Content(text, (live_lines(lead), quoted(request.answer)))


# The card ----------------------------------------------------------------------------------------


async def _card(request: DateRequest, desk: AnnouncingDesk) -> Content:
    """The request as the admins see it, with what was decided."""
    say, language = desk.say, desk.default_language
    group = desk.plan.group(request.group)
    lead = say(
        "date-request-card",
        who=f"<@{request.user}>",
        group=escaped(group.name(language)) if group else say("date-request-no-group"),
        date=long_date(request.wanted, language),
    )
    lines = [lead, *await _planned_for(group, desk), *_outcome(request, language, say)]
    text = "\n".join(lines)
    blocks: list[Block] = [live_lines(text), quoted(request.reason)]
    if request.open:
        value = f"{request.number} {request.id}"
        buttons = [
            button(RequestAction.APPROVE, say("button-approve"), value, "primary"),
            button(RequestAction.DECLINE, say("button-decline"), value),
        ]
        blocks.append({"type": "actions", "elements": buttons})
    return Content(f"{text}\n{escaped(request.reason)}", tuple(blocks))


async def _planned_for(group: Group | None, desk: AnnouncingDesk) -> tuple[str, ...]:
    if group is None:
        return ()
    turn = turn_of(group, desk.plan, (await situation(desk)).schedule)
    if turn is None or turn.starts is None:
        return ()
    starts = date_token(turn.starts, desk.default_language, desk.zone)
    return (desk.say("date-request-planned", date=starts),)


def _outcome(request: DateRequest, language: Language, say: Say) -> tuple[str, ...]:
    earlier = [line for line in request.log if line.what == "approved"]
    lines = []
    if request.open and earlier:
        granted = long_date(request.granted, language) if request.granted else "-"
        lines.append(say("date-request-earlier", date=granted))
    if request.state is RequestState.APPROVED:
        lines.append(say("date-request-card-approved", who=f"<@{request.decided_by}>"))
    if request.state is RequestState.DECLINED:
        lines.append(say("date-request-card-declined", who=f"<@{request.decided_by}>"))
    return tuple(lines)


def _card_key(request: DateRequest) -> str:
    return f"date-request:{request.id}:{request.number}"


def _new_card(
    request: DateRequest, content: Content, desk: AnnouncingDesk, now: datetime
) -> OutboxItem:
    return _item(request, _card_key(request), Post(InChannel(desk.admin_channel), content), now)


def _card_again(request: DateRequest, content: Content, version: int, now: datetime) -> OutboxItem:
    key = _card_key(request)
    return _item(request, f"{key}:v{version + 1}", Edit(ItemMessage(key), content), now)


def _to_person(request: DateRequest, mark: str, content: Content, now: datetime) -> OutboxItem:
    key = f"{_card_key(request)}:{mark}"
    return _item(request, key, Post(ToPerson(request.user), content), now)


def _item(request: DateRequest, key: str, call: Post | Edit, now: datetime) -> OutboxItem:
    return OutboxItem(
        key=key,
        team=request.team,
        order_group=f"date-request/{request.id}",
        call=call,
        due_at=now,
        about=f"date-request:{request.id}",
    )


def _today(desk: AnnouncingDesk, now: datetime) -> date:
    return now.astimezone(ZoneInfo(desk.zone)).date()


def _beside(block: str, text: str) -> Decision:
    return Decision(reply={"response_action": "errors", "errors": {block: text}})


def _input(block_id: str, label: str, element: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": dict(element)}


def _modal(
    form: RequestForm, title: str, submit: str, metadata: str, blocks: list[Any], say: Say
) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": str(form),
        "title": plain(shortened(title, MODAL_TITLE)),
        "submit": plain(shortened(submit, MODAL_TITLE)),
        "close": plain(say("announcing-close")),
        "private_metadata": metadata,
        "blocks": blocks,
    }
