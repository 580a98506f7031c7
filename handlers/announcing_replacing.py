"""A new plan in the place of the one in force. Nothing of the old one is out: it is taken up by
itself at the start. Something is: admins compare first, with ``/signpost plan replace``."""

import asyncio
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from handlers.announcing_blocks import sections
from handlers.announcing_desk import REFUSALS, AnnouncingDesk, Situation, situation
from handlers.announcing_drafting import put_away
from handlers.announcing_forms import planned_name, replace_form
from handlers.announcing_moving import both
from handlers.announcing_plans import PlanInForce
from handlers.announcing_showing import changed
from handlers.announcing_words import moment_token
from handlers.commands import privately
from handlers.decision import Decision, OpenModal
from handlers.payloads import Commanded, Submitted
from handlers.text import escaped
from rollout.announcement import NOT_OUT_YET, Announcement, State
from rollout.errors import AnnouncementRefused, PlanInvalid, Refusal
from rollout.plan import Plan
from rollout.reading import load_plan
from rollout.replacing import Difference, Differs, PlanTakenUp, carried_over, compared
from rollout.schedule import Planned
from storage.errors import Conflict
from storage.kinds import PLAN_TAKEN_UP
from storage.outbox import Content, InChannel, OutboxItem, Post
from storage.port import Put
from storage.records import NEW, Stored

MOST_NAMED = 60
"""Differences, and findings, named one by one."""
_WORDS: Mapping[Differs, str] = {
    Differs.NEW: "plan-difference-new",
    Differs.GONE: "plan-difference-gone",
    Differs.MOVED: "plan-difference-moved",
    Differs.ELSEWHERE: "plan-difference-elsewhere",
}


# At the start ------------------------------------------------------------------------------------


async def take_up_plan(desk: AnnouncingDesk, now: datetime) -> None:
    """At the start: the plan of the file comes into force, unless announcements of another plan
    have gone out. Then that one stays in force, and the admins are told, once for each file."""
    if desk.plans.file is None:
        return
    from_file = desk.plans.plan
    stored = await desk.plans.refresh(desk.store, desk.team)
    try:
        if stored is None:
            await _take_first(desk, now)
        elif PlanInForce(from_file).text != desk.plans.text:
            await _take_other(from_file, stored, desk, now)
    except Conflict:
        # Another process was first.
        await desk.plans.refresh(desk.store, desk.team)


async def _take_first(desk: AnnouncingDesk, now: datetime) -> None:
    taken = PlanTakenUp(desk.team, desk.team, desk.plans.text, now)
    await desk.store.commit(Decision(puts=(Put(PLAN_TAKEN_UP, taken, NEW),)).commit(now))
    await desk.plans.refresh(desk.store, desk.team)


async def _take_other(
    new: Plan, stored: Stored[PlanTakenUp], desk: AnnouncingDesk, now: datetime
) -> None:
    around = await situation(desk)
    if _something_is_out(around):
        decision = _asked_about(new, stored, desk, now)
    else:
        decision = await replaced(new, stored, around, "", now)
    if not decision.changes_nothing:
        await desk.store.commit(decision.commit(now))
    await desk.plans.refresh(desk.store, desk.team)


def _something_is_out(around: Situation) -> bool:
    in_hand = (*NOT_OUT_YET, State.CANCELLED)
    return any(one.record.planned and one.record.state not in in_hand for one in around.records)


def _asked_about(
    new: Plan, stored: Stored[PlanTakenUp], desk: AnnouncingDesk, now: datetime
) -> Decision:
    text = PlanInForce(new).text
    if stored.record.refused == text:
        return Decision()
    notice = OutboxItem(
        key=f"plan-waiting:{desk.team}:{_digest(text)}:{stored.version}",
        team=desk.team,
        order_group=f"notice/{desk.admin_channel}",
        call=Post(InChannel(desk.admin_channel), Content(desk.say("plan-waiting"))),
        due_at=now,
    )
    asked = replace(stored.record, refused=text)
    return Decision(puts=(Put(PLAN_TAKEN_UP, asked, stored.version),), outbox=(notice,))


# By the admins -----------------------------------------------------------------------------------


async def decide_plan_replace(
    commanded: Commanded, desk: AnnouncingDesk, now: datetime
) -> Decision:
    """``/signpost plan replace``: what the plan file changes, to be confirmed."""
    if not await desk.is_admin(commanded.user):
        return _answer(commanded, [desk.say(REFUSALS[Refusal.NOT_ADMIN])], now)
    around = await situation(desk)
    try:
        new = await _from_file(desk)
    except PlanInvalid as invalid:
        findings = [f"• {escaped(str(one))}" for one in invalid.findings[:MOST_NAMED]]
        return _answer(commanded, [desk.say("plan-unreadable"), *findings], now)
    if new is None:
        return _answer(commanded, [desk.say("plan-no-file")], now)
    text = PlanInForce(new).text
    if text == desk.plans.text:
        return _answer(commanded, [desk.say("plan-same")], now)
    lines = [*_in_words(new, around), desk.say("plan-replace-after")]
    view = replace_form(lines, {"digest": _digest(text)}, desk.say)
    return Decision(modal=OpenModal(commanded.trigger_id, view))


async def decide_replaced(submitted: Submitted, desk: AnnouncingDesk, now: datetime) -> Decision:
    """What was compared is confirmed; a file that changed meanwhile is compared again."""
    around = await situation(desk)
    stored = await desk.plans.refresh(desk.store, desk.team)
    new = await _from_file(desk)
    if new is None or stored is None:
        raise AnnouncementRefused(Refusal.NOT_NOW)
    if _digest(PlanInForce(new).text) != json.loads(submitted.metadata)["digest"]:
        raise AnnouncementRefused(Refusal.CHANGED)
    return await replaced(new, stored, around, submitted.user, now)


async def replaced(
    new: Plan, stored: Stored[PlanTakenUp], around: Situation, user: str, now: datetime
) -> Decision:
    """The new plan in force, and every draft and approved announcement as it follows from it."""
    desk, plans = around.desk, PlanInForce(new)
    taken = PlanTakenUp(desk.team, desk.team, plans.text, now, user)
    decision = Decision(puts=(Put(PLAN_TAKEN_UP, taken, stored.version),))
    after = replace(around, desk=replace(desk, plans=plans))
    for one in around.records:
        planned = one.record.planned
        before_and_after = (desk.planned.named(planned), plans.planned.named(planned))
        follows = carried_over(one.record, *before_and_after, user, now)
        if follows != one.record:
            decision = both(decision, await _following(one, follows, after, now))
    if not user:
        return decision
    return replace(decision, outbox=(*decision.outbox, _told_admins(taken, desk, now)))


async def _following(
    stored: Stored[Announcement], follows: Announcement, around: Situation, now: datetime
) -> Decision:
    if follows.state is State.DELETED:
        return put_away(stored, follows, now)
    return await changed(stored, follows, around, now)


def _told_admins(taken: PlanTakenUp, desk: AnnouncingDesk, now: datetime) -> OutboxItem:
    said = desk.say("plan-replaced")
    text = f"{said} {taken_up_line(taken, desk)}"
    return OutboxItem(
        key=f"plan-replaced:{desk.team}:{now.isoformat()}",
        team=desk.team,
        order_group=f"notice/{desk.admin_channel}",
        call=Post(InChannel(desk.admin_channel), Content(text)),
        due_at=now,
    )


def taken_up_line(taken: PlanTakenUp, desk: AnnouncingDesk) -> str:
    """Who put the plan in force, and when."""
    who = f"<@{taken.by}>" if taken.by else desk.say("log-by-itself")
    when = moment_token(taken.at, desk.default_language, desk.zone)
    return desk.say("plan-taken-up", when=when, who=who)


def _in_words(new: Plan, around: Situation) -> Iterator[str]:
    desk = around.desk
    differences = compared(desk.plan, new)
    if not differences:
        yield desk.say("plan-differences-only-details")
        return
    yield desk.say("plan-differences", count=len(differences))
    for one in differences[:MOST_NAMED]:
        yield f"• {_difference(one, new, desk)}"


def _difference(one: Difference, new: Plan, desk: AnnouncingDesk) -> str:
    language, zone = desk.default_language, new.settings.timezone

    def when(planned: Planned | None) -> str:
        return moment_token(planned.at, language, zone) if planned else ""

    label = planned_name(one.planned, language, desk.say)
    return desk.say(
        _WORDS[one.kind], what=escaped(label), before=when(one.before), after=when(one.after)
    )


async def _from_file(desk: AnnouncingDesk) -> Plan | None:
    file = desk.plans.file
    return None if file is None else await asyncio.to_thread(load_plan, file)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _answer(commanded: Commanded, lines: list[str], now: datetime) -> Decision:
    text = "\n".join(lines)
    return Decision(outbox=(privately(commanded, Content(text, sections(text)), now),))
