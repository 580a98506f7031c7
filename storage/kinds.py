"""The kinds of record the bot keeps, each with the values it is found by."""

from collections.abc import Callable
from datetime import date
from typing import Any

from helpdesk.bridge import Bridge
from helpdesk.consent import Consent
from helpdesk.home import HomeTab
from helpdesk.links import Link
from helpdesk.ticket import FIRST_TIER, Counter, State, Ticket
from knowledge.checklist import Checklist
from knowledge.draft import Draft
from knowledge.known_problem import KnownProblem
from knowledge.lesson import Lesson
from knowledge.preference import Preference
from knowledge.question import Question
from knowledge.spikes import Watch
from rollout.announcement import Announcement
from rollout.enrolled import (
    AskedForHelp,
    Enrolled,
    GroupSize,
    ImportedList,
    UploadedList,
    standing,
)
from rollout.reminding import NoReminders, Reminded
from rollout.replacing import PlanTakenUp
from rollout.requests import DateRequest
from rollout.survey import SurveyQuestion, SurveyResponse
from rollout.turns import OwnGroup
from storage.failed import FailedPayload
from storage.port import Store
from storage.records import RecordKind


def person_key(team: str, user: str) -> str:
    """The index value for one person of one team."""
    return f"{team}/{user}"


def month_key(team: str, day: date) -> str:
    """What happened in a team within a month."""
    return f"{team}/{day:%Y-%m}"


def place_key(team: str, channel: str, thread_ts: str) -> str:
    """The index value for one thread (or one top-level message) in one channel."""
    return f"{team}/{channel}/{thread_ts}"


def asker_thread_key(team: str, channel: str, ts: str, user: str) -> str:
    """The index value of one person's questions in one thread."""
    return f"{place_key(team, channel, ts)}/{user}"


QUESTION = RecordKind(
    "question",
    Question,
    {
        "asker": lambda question: person_key(question.team, question.asker),
        "thread": lambda question: place_key(
            question.team, question.channel, question.thread_ts or question.ts
        ),
        "asker_thread": lambda question: asker_thread_key(
            question.team, question.channel, question.thread_ts or question.ts, question.asker
        ),
        "state": lambda question: f"{question.team}/{question.state}",
        "day": lambda question: question.asked_at.date().isoformat(),
        "text": lambda question: question.team if question.text else None,
        "asker_text": lambda question: (
            person_key(question.team, question.asker) if question.text else None
        ),
    },
)

FAILED_PAYLOAD = RecordKind(
    "failed-payload",
    FailedPayload,
    {
        "day": lambda failed: failed.at.date().isoformat(),
        "team": lambda failed: failed.team,
    },
)

ANNOUNCEMENT = RecordKind(
    "announcement",
    Announcement,
    {
        "team": lambda announcement: announcement.team,
        "state": lambda announcement: f"{announcement.team}/{announcement.state}",
        "group": lambda announcement: f"{announcement.team}/{announcement.group}",
    },
)

ENROLLED = RecordKind(
    "enrolled",
    Enrolled,
    {
        "group": lambda enrolled: f"{enrolled.team}/{enrolled.group}",
        "announcement": lambda enrolled: enrolled.announcement,
        "standing": lambda enrolled: f"{enrolled.team}/{enrolled.group}/{standing(enrolled)}",
    },
)

PLAN_TAKEN_UP = RecordKind("plan-taken-up", PlanTakenUp)

IMPORTED_LIST = RecordKind("imported-list", ImportedList)

UPLOADED_LIST = RecordKind(
    "uploaded-list", UploadedList, {"waiting": lambda one: None if one.done else one.team}
)

ASKED_FOR_HELP = RecordKind(
    "asked-for-help",
    AskedForHelp,
    {
        "group": lambda asked: f"{asked.team}/{asked.group}",
        "not-enrolled": lambda asked: None if asked.enrolled else f"{asked.team}/{asked.group}",
        "announcement": lambda asked: asked.announcement,
        "person": lambda asked: person_key(asked.team, asked.user),
    },
)

GROUP_SIZE = RecordKind("group-size", GroupSize, {"team": lambda size: size.team})

OWN_GROUP = RecordKind(
    "own-group", OwnGroup, {"person": lambda own: person_key(own.team, own.user)}
)

DATE_REQUEST = RecordKind(
    "date-request",
    DateRequest,
    {
        "open": lambda request: request.team if request.open else None,
        "person": lambda request: person_key(request.team, request.user),
    },
)

REMINDED = RecordKind(
    "reminded", Reminded, {"person": lambda reminded: person_key(reminded.team, reminded.user)}
)

NO_REMINDERS = RecordKind("no-reminders", NoReminders)


def _scored(question: SurveyQuestion) -> Callable[[SurveyResponse], str | None]:
    def value(response: SurveyResponse) -> str | None:
        score = response.scores.get(question)
        return f"{response.team}/{response.group}/{score}" if score else None

    return value


SURVEY_RESPONSE = RecordKind(
    "survey-response",
    SurveyResponse,
    {
        "group": lambda response: f"{response.team}/{response.group}",
        "words": lambda response: f"{response.team}/{response.group}" if response.words else None,
        "person": lambda response: person_key(response.team, response.user),
        **{str(question): _scored(question) for question in SurveyQuestion},
    },
)
"""Every score is an index, so that results are counts and read no response."""


def _acting(ticket: Ticket) -> str | None:
    """Who has to act on a ticket: its holder, or who has to deliver it."""
    user = ticket.last_holder(FIRST_TIER) if ticket.state is State.RESOLVED else ticket.holder
    return person_key(ticket.team, user) if user else None


TICKET = RecordKind(
    "ticket",
    Ticket,
    {
        "open": lambda ticket: ticket.team if ticket.open else None,
        "tier": lambda ticket: f"{ticket.team}/{ticket.tier}/{ticket.state}",
        "holder": _acting,
        "asker": lambda ticket: person_key(ticket.team, ticket.asker),
        "thread": lambda ticket: (
            place_key(ticket.team, ticket.channel, ticket.thread_ts) if ticket.thread_ts else None
        ),
        "question": lambda ticket: ticket.question or None,
        "main": lambda ticket: ticket.main or None,
        "rating": lambda ticket: f"{ticket.team}/{ticket.rating}" if ticket.rating else None,
        "solved": lambda ticket: ticket.team if ticket.solution else None,
        "solved_day": lambda ticket: (
            f"{ticket.team}/{ticket.changed_at.date().isoformat()}" if ticket.solution else None
        ),
        "closed_month": lambda ticket: (
            month_key(ticket.team, ticket.closed_at.date())
            if ticket.closed_at and not ticket.open and not ticket.emptied
            else None
        ),
    },
)

TICKET_COUNTER = RecordKind("ticket-counter", Counter)

LESSON = RecordKind("lesson", Lesson, {"state": lambda lesson: f"{lesson.team}/{lesson.state}"})

DRAFT = RecordKind("draft", Draft, {"state": lambda draft: f"{draft.team}/{draft.state}"})

SPIKE_WATCH = RecordKind("spike-watch", Watch)

BRIDGE = RecordKind("bridge", Bridge)

TICKET_LINK = RecordKind(
    "ticket-link",
    Link,
    {
        "ticket": lambda link: link.ticket,
        "source": lambda link: place_key(link.team, link.channel, link.ts) if link.ts else None,
        "author": lambda link: person_key(link.team, link.author),
    },
)

PREFERENCE = RecordKind(
    "preference",
    Preference,
    {"person": lambda preference: person_key(preference.team, preference.user)},
)

KNOWN_PROBLEM = RecordKind(
    "known-problem",
    KnownProblem,
    {"open": lambda problem: None if problem.lifted_at else problem.team},
)

CHECKLIST = RecordKind(
    "checklist", Checklist, {"person": lambda checklist: person_key(checklist.team, checklist.user)}
)

CONSENT = RecordKind(
    "consent", Consent, {"author": lambda consent: person_key(consent.team, consent.author)}
)

HOME_TAB = RecordKind("home-tab", HomeTab, {"person": lambda tab: person_key(tab.team, tab.user)})


KINDS: tuple[RecordKind[Any], ...] = tuple(
    one for one in globals().values() if isinstance(one, RecordKind)
)


async def make_ready(store: Store) -> None:
    """Index what a newer version indexes anew, before anybody waits for it: of ten thousand tickets
    that takes longer than an answer may."""
    for kind in KINDS:
        if kind.indexes:
            await store.count(kind, next(iter(kind.indexes)), "")
