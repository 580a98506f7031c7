"""The kinds of record the bot keeps, each with the values it is found by."""

from helpdesk.bridge import Bridge
from helpdesk.links import Link
from helpdesk.ticket import FIRST_TIER, Counter, State, Ticket
from knowledge.checklist import Checklist
from knowledge.known_problem import KnownProblem
from knowledge.lesson import Lesson
from knowledge.preference import Preference
from knowledge.question import Question
from rollout.announcement import Announcement
from rollout.enrolled import Enrolled
from storage.failed import FailedPayload
from storage.records import RecordKind


def person_key(team: str, user: str) -> str:
    """The index value for one person of one team."""
    return f"{team}/{user}"


def place_key(team: str, channel: str, thread_ts: str) -> str:
    """The index value for one thread (or one top-level message) in one channel."""
    return f"{team}/{channel}/{thread_ts}"


QUESTION = RecordKind(
    "question",
    Question,
    {
        "asker": lambda question: person_key(question.team, question.asker),
        "thread": lambda question: place_key(
            question.team, question.channel, question.thread_ts or question.ts
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
    },
)


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
    },
)

TICKET_COUNTER = RecordKind("ticket-counter", Counter)

LESSON = RecordKind("lesson", Lesson, {"state": lambda lesson: f"{lesson.team}/{lesson.state}"})

BRIDGE = RecordKind("bridge", Bridge)

TICKET_LINK = RecordKind(
    "ticket-link",
    Link,
    {
        "ticket": lambda link: link.ticket,
        "source": lambda link: place_key(link.team, link.channel, link.ts) if link.ts else None,
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
