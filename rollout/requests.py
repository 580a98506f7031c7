"""A request for another date: asked by a person, decided by an admin.

(none) ──ask──> OPEN ──approve──> APPROVED ──ask──> OPEN
                │  ▲ └─decline──> DECLINED ──ask──> OPEN
               ask (another date while it is open)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from knowledge.article import Language
from rollout.errors import RolloutError

LONGEST_REASON = 1_000
LATEST = timedelta(days=366)
"""A date further ahead is a slip of the finger."""
MOST_LINES = 50


class RequestState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"


class RequestRefusal(StrEnum):
    """Why it was refused; each has a sentence in the catalogues."""

    NO_DATE = "no-date"
    PAST = "past"
    TOO_FAR = "too-far"
    DECIDED = "decided"
    OWN = "own"


class RequestRefused(RolloutError):
    """A date or decision that is not possible."""

    def __init__(self, refusal: RequestRefusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True)
class RequestLine:
    """One line of the log: who did what, when; ``detail`` is the date, or the admin's words."""

    at: datetime
    by: str
    what: str
    detail: str = ""


@dataclass(frozen=True)
class DateRequest:
    """One person's request, and those before it in the log. ``number`` counts them, and
    ``granted`` is the last date that was approved."""

    id: str
    team: str
    user: str
    group: str
    language: Language
    wanted: date
    reason: str
    asked_at: datetime
    state: RequestState = RequestState.OPEN
    number: int = 1
    granted: date | None = None
    decided_by: str = ""
    answer: str = ""
    log: tuple[RequestLine, ...] = ()

    @property
    def open(self) -> bool:
        return self.state is RequestState.OPEN


def request_id(team: str, user: str) -> str:
    """One record for each person."""
    return f"{team}/{user}"


def wanted_date(text: str, today: date) -> date:
    """The date of a form (ISO). Raises ``RequestRefused``."""
    try:
        wanted = date.fromisoformat(text)
    except ValueError as error:
        raise RequestRefused(RequestRefusal.NO_DATE) from error
    if wanted <= today:
        raise RequestRefused(RequestRefusal.PAST)
    if wanted > today + LATEST:
        raise RequestRefused(RequestRefusal.TOO_FAR)
    return wanted


def asked(request: DateRequest, before: DateRequest | None) -> DateRequest:
    """The request as it is kept; one that is open already takes the new date and reason."""
    line = RequestLine(request.asked_at, request.user, "asked", request.wanted.isoformat())
    if before is None:
        return replace(request, log=(line,))
    number = before.number if before.open else before.number + 1
    log = (*before.log, line)[-MOST_LINES:]
    return replace(request, number=number, granted=before.granted, log=log)


def approve(request: DateRequest, admin: str, now: datetime) -> DateRequest:
    """The date is the person's from now on. Raises ``RequestRefused``."""
    _may_decide(request, admin)
    if request.wanted < now.date():
        raise RequestRefused(RequestRefusal.PAST)
    decided = replace(request, state=RequestState.APPROVED, granted=request.wanted)
    return _decided(decided, admin, now, "approved", request.wanted.isoformat())


def decline(request: DateRequest, admin: str, answer: str, now: datetime) -> DateRequest:
    """The date stays as it was. Raises ``RequestRefused``."""
    _may_decide(request, admin)
    decided = replace(request, state=RequestState.DECLINED, answer=answer)
    return _decided(decided, admin, now, "declined", answer)


def _may_decide(request: DateRequest, admin: str) -> None:
    if not request.open:
        raise RequestRefused(RequestRefusal.DECIDED)
    if request.user == admin:
        raise RequestRefused(RequestRefusal.OWN)


def _decided(
    request: DateRequest, admin: str, now: datetime, what: str, detail: str
) -> DateRequest:
    line = RequestLine(now, admin, what, detail)
    return replace(request, decided_by=admin, log=(*request.log, line)[-MOST_LINES:])
