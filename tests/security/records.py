"""What stands in the store when the forged payloads come: a ticket in each state, a question, an
announcement in each state, a lesson, a known problem."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from helpdesk.ticket import Card, Counter, Holder, State, Ticket, Visibility, about, ticket_id
from knowledge.article import Language
from knowledge.draft import Draft, Written
from knowledge.known_problem import KnownProblem
from knowledge.lesson import Lesson
from knowledge.matching import Outcome
from knowledge.question import Place, Question, question_id
from knowledge.question import State as Asked
from rollout.announcement import Announcement, Audience, announcement_id, drafted
from rollout.announcement import State as Stage
from rollout.enrolled import Enrolled, Source, enrolled_id
from rollout.messages import Message
from rollout.plan import Phase
from rollout.requests import DateRequest, request_id
from sandbox.seed import TEAM_ID, channel_id, user_id
from storage.kinds import (
    ANNOUNCEMENT,
    DATE_REQUEST,
    DRAFT,
    ENROLLED,
    KNOWN_PROBLEM,
    LESSON,
    QUESTION,
    TICKET,
    TICKET_COUNTER,
)
from storage.port import Put

TIA, TESS, TARA = user_id("tia"), user_id("tess"), user_id("tara")
CHANNELS = {tier: channel_id(f"tier-{tier}") for tier in (1, 2, 3)}
PLANNED = "enrollment-it"
MESSAGE = Message(
    "Your devices join",
    "Ada Ashby asks everybody in IT to enroll.",
    "Enroll your device on the day.",
    "Ask in the direct message.",
)

TICKETS = {
    "waiting": (1, State.WAITING, ""),
    "held": (1, State.CLAIMED, TIA),
    "silent": (1, State.CLAIMED, TIA),
    "tier2": (2, State.CLAIMED, TESS),
    "tier3": (3, State.CLAIMED, TARA),
    "vendor": (3, State.VENDOR, TARA),
    "resolved": (2, State.RESOLVED, TESS),
    "delivered": (2, State.DELIVERED, ""),
    "closed": (2, State.CLOSED, ""),
    "linked": (1, State.LINKED, ""),
    "rated": (2, State.CLOSED, ""),
}
QUESTIONS = ("answered", "suggested", "unmatched", "notified", "gap")


def names() -> dict[str, str]:
    """Name in the matrix to id in the store."""
    found = {name: ticket_id(TEAM_ID, number) for number, name in enumerate(TICKETS, start=1)}
    found |= {name: _question_id(name) for name in QUESTIONS}
    found |= {_named(stage): _announcement_id(stage) for stage in Stage}
    return (
        found
        | {"lesson": f"{TEAM_ID}/lesson", "problem": f"{TEAM_ID}/problem"}
        | {
            "nothing": f"{TEAM_ID}/nothing",
            "article": f"{TEAM_ID}/article",
            "request": request_id(TEAM_ID, user_id("bram")),
        }
    )


def _named(stage: Stage) -> str:
    """A ticket can be held, too."""
    return "held-announcement" if stage is Stage.HELD else stage.value


def puts(now: datetime) -> Iterator[Put]:
    """Everything, as one commit writes it."""
    for name in TICKETS:
        yield Put(TICKET, ticket(name, now))
    yield Put(TICKET_COUNTER, Counter(TEAM_ID, TEAM_ID, len(TICKETS)))
    for name in QUESTIONS:
        yield Put(QUESTION, question(name, now))
    for stage in Stage:
        yield Put(ANNOUNCEMENT, announcement(stage, now))
    yield Put(LESSON, _lesson(now))
    yield Put(DRAFT, _draft(now))
    yield Put(ENROLLED, _enrolled(now))
    yield Put(DATE_REQUEST, _request(now))
    yield Put(KNOWN_PROBLEM, _problem(now))


def ticket(name: str, now: datetime) -> Ticket:
    tier, state, holder = TICKETS[name]
    number = list(TICKETS).index(name) + 1
    plain = Ticket(
        id=ticket_id(TEAM_ID, number),
        team=TEAM_ID,
        number=number,
        asker=user_id("alice"),
        language=Language.EN,
        channel=channel_id("ask-it"),
        thread_ts=f"1700000000.00000{number}",
        visibility=Visibility.PRIVATE,
        words=f"zebra {name}",
        opened_at=now,
        changed_at=now,
        waiting_since=now,
        state=state,
        tier=tier,
        holder=holder,
        held_since=now if holder else None,
        free_to_take=name == "silent",
        main=ticket_id(TEAM_ID, 2) if state is State.LINKED else "",
        holders=_holders(tier, now),
        delivered="do this" if state in (State.DELIVERED, State.CLOSED) else "",
        root_cause="an old profile",
        solution="remove it",
        resolved_by=TESS if tier == 2 else "",
        resolved_tier=2 if state is State.RESOLVED else 0,
        rating="good" if name == "rated" else "",
        closed_at=now if state is State.CLOSED else None,
    )
    cards = tuple(
        Card(one, f"{about(plain)}:card:{one}", CHANNELS[one]) for one in range(1, tier + 1)
    )
    return replace(plain, cards=cards)


def _holders(tier: int, now: datetime) -> tuple[Holder, ...]:
    people = {1: TIA, 2: TESS, 3: TARA}
    return tuple(Holder(one, people[one], now) for one in range(1, tier + 1))


def _question_id(name: str) -> str:
    return question_id(TEAM_ID, channel_id("ask-it"), f"169999999{QUESTIONS.index(name)}.000001")


def question(name: str, now: datetime) -> Question:
    state = {"suggested": Asked.SUGGESTED, "unmatched": Asked.UNMATCHED, "gap": Asked.UNMATCHED}
    suggested = ("enroll-ios", "enroll-macos") if name == "suggested" else ()
    outcomes = {Asked.SUGGESTED: Outcome.SUGGESTIONS, Asked.UNMATCHED: Outcome.NONE}
    stands = state.get(name, Asked.ANSWERED)
    return Question(
        id=_question_id(name),
        team=TEAM_ID,
        asker=user_id("alice"),
        place=Place.QUESTION_CHANNEL,
        channel=channel_id("ask-it"),
        ts=f"169999999{QUESTIONS.index(name)}.000001",
        thread_ts=None,
        text="how do I enroll my iPhone?",
        language=Language.EN,
        asked_at=now,
        state=stands,
        outcome=outcomes.get(stands, Outcome.ANSWER),
        confidence=0.9,
        ranked=("enroll-ios", "enroll-macos"),
        shown="enroll-ios" if stands is Asked.ANSWERED else None,
        suggested=suggested,
        known_problem=f"{TEAM_ID}/problem" if name == "notified" else None,
    )


def _announcement_id(stage: Stage) -> str:
    return announcement_id(TEAM_ID, 2027, f"{PLANNED}-{stage}")


def announcement(stage: Stage, now: datetime) -> Announcement:
    draft = Announcement(
        id=_announcement_id(stage),
        team=TEAM_ID,
        state=Stage.DRAFT,
        planned="",
        group="it",
        phase=Phase.ENROLLMENT,
        messages=dict.fromkeys(Language, MESSAGE),
        audience=(Audience(channel_id("it"), Language.EN),),
        sends_at=now + timedelta(days=30),
        author=user_id("ada"),
        everyone_confirmed=True,
    )
    return replace(drafted(draft, now), state=stage, started_at=now)


def _lesson(now: datetime) -> Lesson:
    return Lesson(
        id=f"{TEAM_ID}/lesson",
        team=TEAM_ID,
        article="enroll-ios",
        language=Language.EN,
        phrasing="where does my telephone go",
        proposed_by=user_id("ada"),
        proposed_at=now,
        ticket="#1",
    )


def _draft(now: datetime) -> Draft:
    written = Written("Zebra cables", ("my zebra",), "Mend it.", Language.EN)
    return Draft(
        id=f"{TEAM_ID}/article",
        team=TEAM_ID,
        article="zebra-cables",
        written=written,
        author=user_id("ada"),
        drafted_at=now,
    )


def _request(now: datetime) -> DateRequest:
    return DateRequest(
        id=request_id(TEAM_ID, user_id("bram")),
        team=TEAM_ID,
        user=user_id("bram"),
        group="it",
        language=Language.EN,
        wanted=now.date() + timedelta(days=20),
        reason="on leave",
        asked_at=now,
    )


def _problem(now: datetime) -> KnownProblem:
    return KnownProblem(
        id=f"{TEAM_ID}/problem",
        team=TEAM_ID,
        texts={Language.EN: "Enrollment is down."},
        articles=("enroll-ios",),
        codes=(),
        until=date(2099, 1, 1),
        reported_by=TIA,
        reported_at=now,
    )


def _enrolled(now: datetime) -> Enrolled:
    alice = user_id("alice")
    return Enrolled(enrolled_id(TEAM_ID, alice), TEAM_ID, alice, "it", "", now, Source.PRESS)
