"""When is my turn: answered from the plan, for the group that the person is in or asks about."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from handlers.announcements_view import button, date_token, mrkdwn
from handlers.announcing_admin import tell
from handlers.announcing_desk import AnnouncingDesk, Situation, situation
from handlers.decision import Decision
from handlers.payloads import Pressed
from handlers.text import escaped
from helpdesk.errors import HelpdeskError
from knowledge.article import Language
from rollout.plan import Group
from rollout.turns import Turn, groups_named, groups_that_enroll, turn_of
from storage.outbox import Content

ARTICLE = "when-is-my-turn"
"""The article in whose place the plan answers."""
MOST_BUTTONS = 25


class TurnAction(StrEnum):
    GROUP = "turn.group"


async def when_is_my_turn(
    user: str, text: str, language: Language, desk: AnnouncingDesk
) -> Content | None:
    """The dates of the groups that the question names, else of the groups whose channels the person
    is in; where neither tells, which group it is. ``None`` when the plan has no dates."""
    around = await situation(desk)
    groups = groups_that_enroll(desk.plan, around.schedule)
    if not groups:
        return None
    meant = groups_named(text, groups) or await _groups_of(user, groups, desk)
    if not meant:
        return _which(groups, language, desk)
    return _dates(meant, around, language)


async def decide_turn_press(pressed: Pressed, desk: AnnouncingDesk, now: datetime) -> Decision:
    """The date of the chosen group."""
    code, _, group_id = pressed.value.partition(" ")
    language = Language(code)
    group = desk.plan.group(group_id)
    if group is None:
        return tell(pressed, desk.say_in(language)("turn-gone"), now)
    content = _dates((group,), await situation(desk), language)
    return tell(pressed, content.text, now)


async def _groups_of(user: str, groups: Sequence[Group], desk: AnnouncingDesk) -> tuple[Group, ...]:
    """By the member channel of a group, else by its channels."""
    found: list[Group] = []
    for group in groups:
        channels = [group.member_channel] if group.member_channel else group.channels
        for channel in channels:
            try:
                if await desk.roles.is_member(channel, user):
                    found.append(group)
                    break
            except HelpdeskError:
                continue
    return tuple(found)


def _dates(groups: Sequence[Group], around: Situation, language: Language) -> Content:
    turns = [turn_of(one, around.desk.plan, around.schedule) for one in groups]
    lines = [_sentence(turn, around.desk, language) for turn in turns if turn]
    text = "\n".join(lines)
    return Content(text, (mrkdwn(text),))


def _sentence(turn: Turn, desk: AnnouncingDesk, language: Language) -> str:
    say, zone = desk.say_in(language), desk.zone
    group = escaped(turn.group.name(language))
    first = date_token(turn.starts, language, zone)
    if turn.ends == turn.starts:
        return say("turn-date", group=group, date=first)
    last = date_token(turn.ends, language, zone)
    return say("turn-dates", group=group, first=first, last=last)


def _which(groups: Sequence[Group], language: Language, desk: AnnouncingDesk) -> Content:
    text = desk.say_in(language)("turn-which")
    buttons = [
        button(f"{TurnAction.GROUP}.{number}", one.name(language), f"{language} {one.id}")
        for number, one in enumerate(groups[:MOST_BUTTONS])
    ]
    return Content(text, (mrkdwn(text), {"type": "actions", "elements": buttons}))
