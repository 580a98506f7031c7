"""Where the words of people are kept as records, and what stays of each without them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from helpdesk.ticket import Finding, Ticket
from helpdesk.ticket import about as about_ticket
from knowledge.article import Language
from knowledge.checklist import Checklist
from knowledge.draft import Draft
from knowledge.lesson import Lesson, LessonState
from knowledge.preference import Preference
from knowledge.question import Question
from knowledge.quoting import Wording
from rollout.requests import DateRequest
from rollout.survey import SurveyResponse
from rollout.turns import OwnGroup
from storage.failed import FailedPayload
from storage.kinds import (
    CHECKLIST,
    DATE_REQUEST,
    OWN_GROUP,
    PREFERENCE,
    QUESTION,
    SURVEY_RESPONSE,
    TICKET,
)
from storage.records import Record, RecordKind
from storage.retention import Note, without_words

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Personal(Generic[R]):
    """A kind of record of which some are one person's. They are found in ``index``; ``said`` gives
    the person's words in one, ``about`` how messages refer to it and the language of these, and
    ``without`` what stays of it (``None`` for nothing)."""

    kind: RecordKind[R]
    index: str
    said: Callable[[R], Iterable[str]]
    about: Callable[[R], tuple[str, Language] | None]
    without: Callable[[R, Wording, Note], R | None]


def about_person(user: str) -> str:
    """How outbox items refer to a person whose own words they give back."""
    return f"person:{user}"


def ticket_without(ticket: Ticket, wording: Wording, note: Note) -> Ticket:
    """The ticket as it counts: the asker's words gone, also out of what the helpdesk wrote."""

    def without(text: str) -> str:
        return wording.without(text, note(ticket.language))

    return replace(
        ticket,
        words=note(ticket.language),
        tried="",
        findings=tuple(_finding_without(one, without) for one in ticket.findings),
        failed=tuple(
            replace(one, root_cause=without(one.root_cause), solution=without(one.solution))
            for one in ticket.failed
        ),
        root_cause=without(ticket.root_cause),
        solution=without(ticket.solution),
        delivered=without(ticket.delivered),
        log=tuple(replace(one, text=without(one.text), to=without(one.to)) for one in ticket.log),
    )


def lesson_without(lesson: Lesson) -> Lesson:
    """A way of asking that is no longer taught."""
    return replace(lesson, phrasing="", state=LessonState.DISCARDED)


def draft_without(draft: Draft, erase: Callable[[str], str]) -> Draft:
    """An article without the words in which somebody asked for it; its title is one more way to
    ask, so that there is one left."""
    written = draft.written
    kept = tuple(one for one in written.phrasings if erase(one) == one)
    cleared = replace(
        written,
        title=erase(written.title),
        phrasings=kept or (erase(written.title),),
        body=erase(written.body),
    )
    return replace(draft, written=cleared)


def names(failed: FailedPayload, user: str) -> bool:
    """Whether a payload that failed is by the person or speaks of them."""
    return user in repr(failed.body)


def _finding_without(finding: Finding, without: Callable[[str], str]) -> Finding:
    told = finding.findings
    cleared = replace(
        told,
        learned=without(told.learned),
        device=without(told.device),
        build=without(told.build),
        checked=without(told.checked),
    )
    return replace(finding, findings=cleared)


def _ticket_words(ticket: Ticket) -> Iterator[str]:
    yield ticket.words
    yield ticket.tried


def _request_without(request: DateRequest, wording: Wording, note: Note) -> DateRequest:
    def without(text: str) -> str:
        return wording.without(text, note(request.language))

    return replace(
        request,
        reason=note(request.language) if request.reason else "",
        answer=without(request.answer),
        log=tuple(replace(one, detail=without(one.detail)) for one in request.log),
    )


def _unsaid(record: Any) -> tuple[str, ...]:
    return ()


def _unspoken(record: Any) -> None:
    return None


def _gone(record: Any, wording: Wording, note: Note) -> None:
    return None


PERSONAL: tuple[Personal[Any], ...] = (
    Personal[Question](
        QUESTION,
        "asker",
        said=lambda question: (question.text,),
        about=lambda question: (f"question:{question.id}", question.spoken),
        without=lambda question, wording, note: without_words(question),
    ),
    Personal[Ticket](
        TICKET,
        "asker",
        said=_ticket_words,
        about=lambda ticket: (about_ticket(ticket), ticket.language),
        without=ticket_without,
    ),
    Personal[DateRequest](
        DATE_REQUEST,
        "person",
        said=lambda request: (request.reason,),
        about=lambda request: (f"date-request:{request.id}", request.language),
        without=_request_without,
    ),
    Personal[SurveyResponse](
        SURVEY_RESPONSE,
        "person",
        said=lambda response: (response.words,),
        about=lambda response: (f"survey:{response.id}", response.language),
        without=lambda response, wording, note: replace(response, words="", quotable=False),
    ),
    Personal[OwnGroup](OWN_GROUP, "person", _unsaid, _unspoken, _gone),
    Personal[Checklist](CHECKLIST, "person", _unsaid, _unspoken, _gone),
    Personal[Preference](PREFERENCE, "person", _unsaid, _unspoken, _gone),
)
"""A kind that keeps people's words stands here, or ``forget`` passes it over."""
