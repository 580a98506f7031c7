"""What we know of a person, given to them at their word."""

from collections.abc import Iterator
from datetime import datetime

from handlers.catalogue import Say, long_date
from handlers.commands import privately
from handlers.decision import Decision
from handlers.desk import Desk
from handlers.payloads import Commanded
from handlers.rich_text import rich_text, words
from handlers.text import escaped
from helpdesk.ticket import Ticket
from knowledge.article import Language
from knowledge.question import Question
from storage.forgetting import said_elsewhere
from storage.kinds import QUESTION, TICKET, person_key
from storage.outbox import Content, OutboxItem, Post, ToPerson
from storage.personal import about_person

MOST_GIVEN = 1_000
PART = 2_500
"""Characters in one message; a rich text element holds 3,000."""


async def decide_my_data(commanded: Commanded, desk: Desk, now: datetime) -> Decision:
    """All that is kept of the person's words and choices, in their direct message."""
    person = await desk.people.person(commanded.user)
    speaking = await desk.speaking(person, commanded.channel)
    language = speaking.language()
    say = desk.say_in(language)
    asker = person_key(commanded.team, commanded.user)
    questions = await desk.store.find(QUESTION, "asker", asker, limit=MOST_GIVEN)
    tickets = await desk.store.find(TICKET, "asker", asker, limit=MOST_GIVEN)
    others = await said_elsewhere(desk.store, commanded.team, commanded.user)
    chosen = say(f"in-{speaking.chosen}".lower()) if speaking.chosen else say("language-auto")
    lines = [
        say("data-lead", count=len(questions)),
        say("data-language", language=chosen),
        *(_line(one.record, language, say) for one in questions),
        *([say("data-tickets", count=len(tickets))] if tickets else []),
        *(line for one in tickets for line in _ticket_lines(one.record, language, say)),
        *([say("data-others", count=len(others))] if others else []),
        *others,
    ]
    given = tuple(_given(commanded, number, text, now) for number, text in enumerate(_parts(lines)))
    told = privately(commanded, Content(say("data-sent")), now)
    return Decision(outbox=(*given, told))


def _line(question: Question, language: Language, say: Say) -> str:
    day = long_date(question.asked_at.date(), language)
    text = question.text or say("data-erased")
    return f"{day}: {text} ({say(f'outcome-{question.state}')})"


def _ticket_lines(ticket: Ticket, language: Language, say: Say) -> Iterator[str]:
    """The request as it was sent in, and what had been tried."""
    day = long_date(ticket.opened_at.date(), language)
    state = say(f"ticket-state-{ticket.state}")
    yield f"{ticket.name}, {day}: {ticket.words} ({state})"
    if ticket.tried:
        yield say("ticket-card-tried", tried=ticket.tried)


def _parts(lines: list[str]) -> list[str]:
    parts = [""]
    for line in (piece for whole in lines for piece in _pieces(whole)):
        if len(parts[-1]) + len(line) > PART:
            parts.append("")
        parts[-1] += f"{line}\n"
    return [one.rstrip("\n") for one in parts if one]


def _pieces(line: str) -> Iterator[str]:
    for start in range(0, len(line), PART):
        yield line[start : start + PART]


def _given(commanded: Commanded, number: int, text: str, now: datetime) -> OutboxItem:
    return OutboxItem(
        key=f"data:{commanded.key}:{number}",
        team=commanded.team,
        order_group=f"direct/{commanded.user}",
        call=Post(ToPerson(commanded.user), Content(escaped(text), (rich_text(words(text)),))),
        due_at=now,
        about=about_person(commanded.user),
    )
