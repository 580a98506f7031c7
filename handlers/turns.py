"""When is my turn: answered from the plan, for the group that the person names, says they are in,
or is in by its channels."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from handlers.announcing_blocks import button, live_lines, option, plain
from handlers.announcing_desk import AnnouncingDesk, Situation, situation
from handlers.announcing_notes import tell, tell_with
from handlers.announcing_words import date_token
from handlers.catalogue import long_date
from handlers.decision import Decision
from handlers.payloads import Pressed
from handlers.text import escaped
from helpdesk.errors import HelpdeskError
from knowledge.article import Language
from rollout.plan import Group
from rollout.requests import DateRequest, request_id
from rollout.turns import (
    OwnGroup,
    Turn,
    groups_named,
    groups_that_enroll,
    own_group_id,
    turn_of,
)
from storage.kinds import DATE_REQUEST, OWN_GROUP
from storage.outbox import Block, Content
from storage.port import Put
from storage.records import NEW

ARTICLE = "when-is-my-turn"
"""The article in whose place the plan answers."""
MOST_OPTIONS = 100
"""docs.slack.dev/reference/block-kit/block-elements/select-menu-element"""


class TurnAction(StrEnum):
    GROUP = "turn.group"
    OTHER = "turn.other"


async def when_is_my_turn(
    user: str, text: str, language: Language, desk: AnnouncingDesk
) -> Content | None:
    """The dates of the groups that the question names, else of the person's own; where neither is
    known, which group it is. ``None`` when the plan has no dates."""
    around = await situation(desk)
    groups = groups_that_enroll(desk.plan, around.schedule)
    if not groups:
        return None
    if named := groups_named(text, groups):
        return _dates(named, around, language)
    own = await own_groups(user, groups, desk)
    if not own:
        return _which(groups, language, desk)
    request = await desk.store.get(DATE_REQUEST, request_id(desk.team, user))
    return _own_dates(own, request.record if request else None, around, language)


async def decide_turn_press(pressed: Pressed, desk: AnnouncingDesk, now: datetime) -> Decision:
    """The date of the chosen group, which is the person's own from now on."""
    code, _, group_id = pressed.value.partition(" ")
    language = Language(code)
    group = desk.plan.group(group_id)
    if group is None:
        return tell(pressed, desk.say_in(language)("turn-gone"), now)
    content = _own_dates((group,), None, await situation(desk), language)
    told = tell_with(pressed, content, now)
    return Decision(
        puts=(await own_group_put(pressed.user, group_id, desk, now),), outbox=told.outbox
    )


async def decide_other_group(pressed: Pressed, desk: AnnouncingDesk, now: datetime) -> Decision:
    """The choice of a group once more."""
    language = Language(pressed.value)
    groups = groups_that_enroll(desk.plan, (await situation(desk)).schedule)
    if not groups:
        return tell(pressed, desk.say_in(language)("turn-gone"), now)
    return tell_with(pressed, _which(groups, language, desk), now)


async def own_group_put(user: str, group_id: str, desk: AnnouncingDesk, now: datetime) -> Put:
    """The group that somebody says they are in, as it is kept."""
    record_id = own_group_id(desk.team, user)
    stored = await desk.store.get(OWN_GROUP, record_id)
    own = OwnGroup(record_id, desk.team, user, group_id, now)
    return Put(OWN_GROUP, own, stored.version if stored else NEW)


async def own_groups(user: str, groups: Sequence[Group], desk: AnnouncingDesk) -> tuple[Group, ...]:
    """The group that the person chose, else those in whose user group or channels they are. What
    Slack does not tell in time counts as no."""
    stored = await desk.store.get(OWN_GROUP, own_group_id(desk.team, user))
    chosen = [one for one in groups if stored and one.id == stored.record.group]
    if chosen:
        return tuple(chosen)
    channels, user_groups = await asyncio.gather(
        _channels_of(user, desk), _user_groups_of(user, groups, desk)
    )
    places = channels | user_groups
    return tuple(one for one in groups if not places.isdisjoint(one.places))


async def _channels_of(user: str, desk: AnnouncingDesk) -> frozenset[str]:
    try:
        return await desk.roles.channels_of(user)
    except HelpdeskError:
        return frozenset()


async def _user_groups_of(
    user: str, groups: Sequence[Group], desk: AnnouncingDesk
) -> frozenset[str]:
    """Those of the plan. They are asked after at once, since an answer waits for this."""
    ids = [one.user_group for one in groups if one.user_group]
    inside = await asyncio.gather(*(_is_in(user, one, desk) for one in ids))
    return frozenset(one for one, yes in zip(ids, inside, strict=True) if yes)


async def _is_in(user: str, user_group: str, desk: AnnouncingDesk) -> bool:
    try:
        return await desk.roles.is_member(user_group, user)
    except HelpdeskError:
        return False


async def dates_for(
    user: str, language: Language, desk: AnnouncingDesk, now: datetime
) -> tuple[Block, ...] | None:
    """The person's own dates, for App Home: when their group enrolls, the date they were granted,
    and the messages to come. Of an unknown group, the choice. ``None`` when the plan has no
    dates."""
    around = await situation(desk)
    groups = groups_that_enroll(desk.plan, around.schedule)
    if not groups:
        return None
    own = await own_groups(user, groups, desk)
    if not own:
        return _which(groups, language, desk).blocks
    request = await desk.store.get(DATE_REQUEST, request_id(desk.team, user))
    shown = _own_dates(own, request.record if request else None, around, language)
    coming = _coming(own, around, language, now)
    return (shown.blocks[0], live_lines(coming)) if coming else (shown.blocks[0],)


def _coming(groups: Sequence[Group], around: Situation, language: Language, now: datetime) -> str:
    """The next messages to these groups."""
    say, zone = around.desk.say_in(language), around.desk.zone
    ids = {group.id for group in groups}
    coming = [one for one in around.schedule.standing if one.group.id in ids and one.at > now]
    lines = [
        say("dates-coming", date=date_token(one.at, language, zone), group=name)
        for one in coming[:3]
        for name in (escaped(one.group.name(language)),)
    ]
    return "\n".join(lines)


def _own_dates(
    groups: Sequence[Group], request: DateRequest | None, around: Situation, language: Language
) -> Content:
    """The dates of somebody's own groups, and their own where they asked for another."""
    say = around.desk.say_in(language)
    shown = _dates(groups, around, language)
    lines = [shown.text]
    if request and request.granted:
        lines.append(say("turn-granted", date=long_date(request.granted, language)))
    if request and request.open:
        lines.append(say("turn-requested", date=long_date(request.wanted, language)))
    text = "\n".join(lines)
    other = button(TurnAction.OTHER, say("button-other-group"), str(language))
    return Content(text, (live_lines(text), {"type": "actions", "elements": [other]}))


def _dates(groups: Sequence[Group], around: Situation, language: Language) -> Content:
    turns = [turn_of(one, around.desk.plan, around.schedule) for one in groups]
    lines = [_sentence(turn, around.desk, language) for turn in turns if turn]
    text = "\n".join(lines) or around.desk.say_in(language)("turn-gone")
    return Content(text, (live_lines(text),))


def _sentence(turn: Turn, desk: AnnouncingDesk, language: Language) -> str:
    say, zone = desk.say_in(language), desk.zone
    group = escaped(turn.group.name(language))
    if turn.starts is None or turn.ends is None:
        return say("turn-open", group=group)
    first = date_token(turn.starts, language, zone)
    if turn.ends == turn.starts:
        return say("turn-date", group=group, date=first)
    last = date_token(turn.ends, language, zone)
    return say("turn-dates", group=group, first=first, last=last)


def _which(groups: Sequence[Group], language: Language, desk: AnnouncingDesk) -> Content:
    """The choice of a group; what is chosen is kept."""
    say = desk.say_in(language)
    text = say("turn-which")
    menu = {
        "type": "static_select",
        "action_id": str(TurnAction.GROUP),
        "placeholder": plain(say("turn-choose")),
        "options": [
            option(one.name(language), f"{language} {one.id}") for one in groups[:MOST_OPTIONS]
        ],
    }
    return Content(text, (live_lines(text), {"type": "actions", "elements": [menu]}))
