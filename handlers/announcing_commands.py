"""``/signpost plan`` and ``announce``."""

from datetime import datetime

from handlers.announcing_blocks import sections
from handlers.announcing_card import IN_TIMELINE
from handlers.announcing_desk import REFUSALS, AnnouncingDesk, Situation, situation
from handlers.announcing_forms import choose_form, planned_name
from handlers.announcing_replacing import taken_up_line
from handlers.announcing_words import moment_token
from handlers.commands import privately
from handlers.decision import Decision, OpenModal
from handlers.payloads import Commanded
from handlers.text import escaped
from rollout.errors import Refusal
from rollout.turns import Turn, turn_of
from storage.outbox import Content


async def decide_plan(commanded: Commanded, desk: AnnouncingDesk, now: datetime) -> Decision:
    """``/signpost plan``: the timeline for admins, the groups' dates for everybody."""
    around = await situation(desk)
    if not around.schedule.announcements:
        return _answer(commanded, desk.say("plan-none"), now)
    admin = await desk.is_admin(commanded.user)
    lines = [*_timeline(around), *await _taken_up(desk)] if admin else _dates_of_groups(around)
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


async def _taken_up(desk: AnnouncingDesk) -> list[str]:
    taken = await desk.plans.refresh(desk.store, desk.team)
    return [taken_up_line(taken.record, desk)] if taken else []


def _timeline(around: Situation) -> list[str]:
    desk = around.desk
    lines: list[str] = []
    for one in around.schedule.announcements:
        stored = around.of_planned(one.id)
        state = desk.say(IN_TIMELINE[stored.record.state if stored else None])
        when = moment_token(one.at, desk.default_language, desk.zone)
        name = planned_name(one, desk.default_language, desk.say)
        lines.append(f"• {when}: {escaped(name)} · {state}")
    return lines


def _dates_of_groups(around: Situation) -> list[str]:
    desk = around.desk
    turns = (turn_of(one, desk.plan, around.schedule) for one in desk.plan.groups)
    return [f"• {_date_of(turn, desk)}" for turn in turns if turn]


def _date_of(turn: Turn, desk: AnnouncingDesk) -> str:
    language = desk.default_language
    group = escaped(turn.group.name(language))
    if turn.starts is None:
        return desk.say("plan-date-open", group=group)
    return f"{group}: {moment_token(turn.starts, language, desk.zone)}"


def _answer(commanded: Commanded, text: str, now: datetime) -> Decision:
    return Decision(outbox=(privately(commanded, Content(text, sections(text)), now),))
