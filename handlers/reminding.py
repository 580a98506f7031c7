"""Reminders to those who have not enrolled, and the invitation to the survey for those who have: to
each person directly, in their working hours, and none twice."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from handlers.announcing_blocks import button, live_lines
from handlers.announcing_desk import AnnouncingDesk, Situation, situation
from handlers.announcing_message import SURVEY, Reader
from handlers.announcing_notes import tell
from handlers.announcing_words import date_token
from handlers.catalogue import Say
from handlers.decision import Decision
from handlers.payloads import Pressed
from handlers.progress import people_in
from handlers.text import escaped
from helpdesk.errors import HelpdeskError
from helpdesk.people import Person
from knowledge.article import Language
from knowledge.preference import preference_id
from rollout.announcement import Announcement
from rollout.enrolled import enrolled_id
from rollout.plan import Group, Phase
from rollout.reminding import (
    APART,
    INVITED_AFTER,
    REMINDER_AFTER,
    NoReminders,
    Reminded,
    may_remind,
    next_moment,
    person_id,
    reminded_id,
    reminds,
    too_late,
    went_out,
    working_moment,
)
from rollout.requests import request_id
from rollout.survey import OPEN_FOR, response_id
from storage.kinds import (
    ANNOUNCEMENT,
    DATE_REQUEST,
    ENROLLED,
    NO_REMINDERS,
    PREFERENCE,
    REMINDED,
    SURVEY_RESPONSE,
)
from storage.outbox import Content, DueCommand, Lane, OutboxItem, Post, ToPerson
from storage.port import Commit, Put
from storage.records import NEW

REMIND_GROUP = "remind-group"
REMIND = "remind"
INVITE_GROUP = "survey-invite"
INVITE = "survey-ask"
AT_ONCE = 200
"""People looked at in one decision."""
AGAIN_AFTER = timedelta(minutes=10)

DueDecider: TypeAlias = Callable[[DueCommand, datetime], Awaitable[Commit]]
_Decider: TypeAlias = Callable[[DueCommand, AnnouncingDesk, datetime], Awaitable[Commit]]


class ReminderAction(StrEnum):
    STOP = "reminder.stop"


def reminding_deciders(desk: AnnouncingDesk) -> Mapping[str, DueDecider]:
    """The deciders of these due commands, by the commands' names."""
    deciders: Mapping[str, _Decider] = {
        REMIND_GROUP: decide_group,
        REMIND: decide_reminder,
        INVITE_GROUP: decide_invited_group,
        INVITE: decide_invitation,
    }
    return {name: _at(decide, desk) for name, decide in deciders.items()}


def _at(decide: _Decider, desk: AnnouncingDesk) -> DueDecider:
    async def decided(command: DueCommand, now: datetime) -> Commit:
        return await decide(command, desk, now)

    return decided


def follow_ups(
    announcement: Announcement, around: Situation, now: datetime
) -> tuple[DueCommand, ...]:
    """What follows an announcement that begins to go out."""
    if announcement.phase is Phase.POST_ENROLLMENT and announcement.group:
        due_at = now + INVITED_AFTER
        return (_command(INVITE_GROUP, announcement.id, announcement, due_at, {}),)
    planned = around.schedule.named(announcement.planned)
    if planned is None or not reminds(announcement, around.desk.plan, planned.batch):
        return ()
    return tuple(
        _command(
            REMIND_GROUP,
            f"{announcement.id}:{number}",
            announcement,
            now + after,
            {"number": str(number)},
        )
        for number, after in enumerate(REMINDER_AFTER, 1)
    )


def _command(
    name: str, key: str, announcement: Announcement, due_at: datetime, arguments: Mapping[str, str]
) -> DueCommand:
    return DueCommand(
        key=f"{name}:{key}",
        team=announcement.team,
        name=name,
        due_at=due_at,
        about=announcement.id,
        arguments=arguments,
    )


# The group ---------------------------------------------------------------------------------------


async def decide_group(command: DueCommand, desk: AnnouncingDesk, now: datetime) -> Commit:
    """A command for each of the group who has not enrolled, a second apart; the rest of a large
    group is decided in a commit of its own. When Slack does not tell who is in the group, later."""
    announcement, group = await _subject(command, desk)
    if announcement is None or group is None:
        return Commit(at=now)
    try:
        people = sorted(await people_in(group, desk))
    except HelpdeskError:
        return Commit(at=now, due=(replace(command, due_at=now + AGAIN_AFTER),))
    arguments = dict(command.arguments or {})
    left = [one for one in people if one > arguments.get("after", "")]
    page = left[:AT_ONCE]
    waiting = [one for one in page if await _wants_reminder(one, desk)]
    number = arguments["number"]
    each = [
        _command(
            REMIND,
            f"{announcement.id}:{number}:{user}",
            announcement,
            now + count * APART,
            {"number": number, "user": user},
        )
        for count, user in enumerate(waiting)
    ]
    return Commit(at=now, due=(*each, *_rest(command, arguments, page, left, now)))


def _rest(
    command: DueCommand,
    arguments: dict[str, str],
    page: Sequence[str],
    left: Sequence[str],
    now: datetime,
) -> tuple[DueCommand, ...]:
    """The command anew for those who were not looked at, once the page had its time."""
    if len(page) == len(left):
        return ()
    arguments["after"] = page[-1]
    later = now + len(page) * APART
    return (replace(command, due_at=later, arguments=arguments),)


async def _wants_reminder(user: str, desk: AnnouncingDesk) -> bool:
    if await desk.store.get(ENROLLED, enrolled_id(desk.team, user)):
        return False
    return await desk.store.get(NO_REMINDERS, person_id(desk.team, user)) is None


async def decide_invited_group(command: DueCommand, desk: AnnouncingDesk, now: datetime) -> Commit:
    """A command for each of the group who has enrolled."""
    announcement, group = await _subject(command, desk)
    if announcement is None or group is None:
        return Commit(at=now)
    arguments = dict(command.arguments or {})
    found = await desk.store.find(
        ENROLLED,
        "group",
        f"{desk.team}/{group.id}",
        limit=AT_ONCE,
        after=arguments.get("after"),
    )
    each = [
        _command(
            INVITE,
            f"{announcement.id}:{one.record.user}",
            announcement,
            now + count * APART,
            {"user": one.record.user},
        )
        for count, one in enumerate(found)
    ]
    if len(found) < AT_ONCE:
        return Commit(at=now, due=tuple(each))
    arguments["after"] = found[-1].record.id
    again = replace(command, due_at=now + AT_ONCE * APART, arguments=arguments)
    return Commit(at=now, due=(*each, again))


async def _subject(
    command: DueCommand, desk: AnnouncingDesk
) -> tuple[Announcement | None, Group | None]:
    """The announcement, if it stands in its channels, and its group."""
    stored = await desk.store.get(ANNOUNCEMENT, command.about)
    if stored is None or not went_out(stored.record):
        return None, None
    return stored.record, desk.plan.group(stored.record.group)


# The person --------------------------------------------------------------------------------------


async def decide_reminder(command: DueCommand, desk: AnnouncingDesk, now: datetime) -> Commit:
    """One reminder to one person, decided on how things are now: not to who has enrolled meanwhile
    or wants none, not outside their working hours, and not before a date they were granted."""
    announcement, group = await _subject(command, desk)
    arguments = command.arguments or {}
    user, number = arguments["user"], int(arguments["number"])
    if announcement is None or group is None or not await _wants_reminder(user, desk):
        return Commit(at=now)
    record_id = reminded_id(desk.team, group.id, user)
    stored = await desk.store.get(REMINDED, record_id)
    before = stored.record if stored else None
    from_ = await _turn_of(user, announcement, desk)
    if not may_remind(before, number) or too_late(from_, now):
        return Commit(at=now)
    person = await desk.people.person(user)
    if person.may_only_ask or person.bot or person.deactivated:
        return Commit(at=now)
    ready = next_moment(before, from_ + REMINDER_AFTER[number - 1], now)
    ready = working_moment(ready, person.timezone, desk.plan.settings)
    if ready > now:
        return Commit(at=now, due=(replace(command, due_at=ready),))
    reminded = Reminded(record_id, desk.team, user, group.id, number, now)
    language = await _language(person, group, desk)
    content = _reminder(announcement, group, number, language, await situation(desk))
    put = Put(REMINDED, reminded, stored.version if stored else NEW)
    key = f"reminder:{group.id}:{number}:{user}"
    return Commit(at=now, puts=(put,), outbox=(_directly(key, user, announcement, content, now),))


async def _turn_of(user: str, announcement: Announcement, desk: AnnouncingDesk) -> datetime:
    """When the person's turn came, or comes: the date they were granted goes before the group's."""
    stored = await desk.store.get(DATE_REQUEST, request_id(desk.team, user))
    began = announcement.started_at or announcement.sends_at
    if stored is None or stored.record.granted is None:
        return began
    zone = ZoneInfo(desk.zone)
    granted = datetime.combine(stored.record.granted, time(9), zone).astimezone(began.tzinfo)
    return max(granted, began)


async def decide_invitation(command: DueCommand, desk: AnnouncingDesk, now: datetime) -> Commit:
    """The survey offered to one person who has enrolled, unless they answered it already."""
    announcement, group = await _subject(command, desk)
    user = (command.arguments or {})["user"]
    if announcement is None or group is None:
        return Commit(at=now)
    began = announcement.started_at or announcement.sends_at
    answered = await desk.store.get(SURVEY_RESPONSE, response_id(desk.team, group.id, user))
    refused = await desk.store.get(NO_REMINDERS, person_id(desk.team, user))
    if answered or refused or now >= began + OPEN_FOR:
        return Commit(at=now)
    person = await desk.people.person(user)
    if person.may_only_ask or person.bot or person.deactivated:
        return Commit(at=now)
    ready = working_moment(now, person.timezone, desk.plan.settings)
    if ready > now:
        return Commit(at=now, due=(replace(command, due_at=ready),))
    language = await _language(person, group, desk)
    content = _invitation(announcement, group, language, desk.say_in(language))
    key = f"survey-ask:{announcement.id}:{user}"
    return Commit(at=now, outbox=(_directly(key, user, announcement, content, now),))


async def _language(person: Person, group: Group, desk: AnnouncingDesk) -> Language:
    """The language the person chose, else their Slack's, else the group's."""
    stored = await desk.store.get(PREFERENCE, preference_id(desk.team, person.id))
    if stored and stored.record.language:
        return stored.record.language
    spoken = Language.from_tag(person.locale) if person.locale else None
    # An English interface says little: Slack's has no Dutch or Swedish of its own everywhere.
    return spoken if spoken and spoken is not Language.EN else group.language


def _reminder(
    announcement: Announcement, group: Group, number: int, language: Language, around: Situation
) -> Content:
    say = around.desk.say_in(language)
    since = date_token(announcement.sends_at, language, around.desk.zone)
    key = "reminder-first" if number < len(REMINDER_AFTER) else "reminder-last"
    text = say(key, group=escaped(group.name(language)), date=since)
    value = f"{language} {announcement.id}"
    buttons = [
        button(Reader.HOW, say("button-how-to-enroll"), value, "primary"),
        button(Reader.ENROLLED, say("button-i-have-enrolled"), value),
        button(Reader.HELP, say("button-i-need-help"), value),
        _stop(language, say),
    ]
    return Content(text, (live_lines(text), {"type": "actions", "elements": buttons}))


def _invitation(announcement: Announcement, group: Group, language: Language, say: Say) -> Content:
    text = say("survey-invitation", group=escaped(group.name(language)))
    value = f"{language} {announcement.id}"
    buttons = [button(SURVEY, say("button-survey"), value, "primary")]
    buttons.append(_stop(language, say))
    return Content(text, (live_lines(text), {"type": "actions", "elements": buttons}))


def _stop(language: Language, say: Say) -> dict[str, Any]:
    return button(ReminderAction.STOP, say("button-no-reminders"), str(language))


def _directly(
    key: str, user: str, announcement: Announcement, content: Content, now: datetime
) -> OutboxItem:
    return OutboxItem(
        key=key,
        team=announcement.team,
        order_group=f"direct/{user}",
        call=Post(ToPerson(user), content),
        due_at=now,
        about=f"reminder:{announcement.id}",
        # After an outage many come due at once; people who talk must not wait behind them.
        lane=Lane.ANNOUNCEMENT,
    )


async def decide_stop(pressed: Pressed, desk: AnnouncingDesk, now: datetime) -> Decision:
    """The person wants no more of these."""
    say = desk.say_in(Language(pressed.value))
    told = tell(pressed, say("reminder-stopped"), now)
    record_id = person_id(desk.team, pressed.user)
    if await desk.store.get(NO_REMINDERS, record_id):
        return told
    record = NoReminders(record_id, desk.team, pressed.user, now)
    return replace(told, puts=(Put(NO_REMINDERS, record, NEW),))
