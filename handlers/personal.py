"""What we know of a person: given to them, or forgotten, at their word."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from handlers.catalogue import Say, long_date
from handlers.commands import privately
from handlers.decision import Decision
from handlers.desk import Desk
from handlers.payloads import Commanded, Pressed
from handlers.rich_text import rich_text, words
from handlers.text import escaped
from knowledge.article import Language
from knowledge.question import Question
from storage.kinds import QUESTION, person_key
from storage.outbox import Content, OutboxItem, Post, Respond, ToPerson
from storage.retention import forgotten

MOST_GIVEN = 1_000
PART = 2_500
"""Characters in one message; a rich text element holds 3,000."""


class PersonalAction(StrEnum):
    FORGET = "personal.forget"


async def decide_my_data(commanded: Commanded, desk: Desk, now: datetime) -> Decision:
    """All that is kept of the person's words and choices, in their direct message."""
    person = await desk.people.person(commanded.user)
    speaking = await desk.speaking(person, commanded.channel)
    language = speaking.language()
    say = desk.say_in(language)
    stored = await desk.store.find(
        QUESTION, "asker", person_key(commanded.team, commanded.user), limit=MOST_GIVEN
    )
    chosen = say(f"in-{speaking.chosen}".lower()) if speaking.chosen else say("language-auto")
    lines = [
        say("data-lead", count=len(stored)),
        say("data-language", language=chosen),
        *(_line(one.record, language, say) for one in stored),
    ]
    given = tuple(_given(commanded, number, text, now) for number, text in enumerate(_parts(lines)))
    told = privately(commanded, Content(say("data-sent")), now)
    return Decision(outbox=(*given, told))


async def decide_forget(commanded: Commanded, desk: Desk, now: datetime) -> Decision:
    """Says what forgetting means, with the button that does it."""
    say = await desk.say_to(commanded.user, commanded.channel)
    lead = say("forget-lead")
    button: dict[str, Any] = {
        "type": "button",
        "action_id": str(PersonalAction.FORGET),
        "style": "danger",
        "text": {"type": "plain_text", "text": say("button-forget-me")},
        "value": commanded.user,
    }
    content = Content(lead, (rich_text(words(lead)), {"type": "actions", "elements": [button]}))
    return Decision(outbox=(privately(commanded, content, now),))


async def decide_forget_press(pressed: Pressed, desk: Desk, now: datetime) -> Decision:
    """Erase the words of who pressed, whoever the button was shown to."""
    say = await desk.say_to(pressed.user, pressed.channel)
    commit = await forgotten(desk.store, pressed.team, pressed.user, now)
    done = OutboxItem(
        key=f"forgotten:{pressed.key}",
        team=pressed.team,
        order_group=f"note/{pressed.user}",
        call=Respond(pressed.response_url, Content(say("forget-done")), replace_original=True),
        due_at=now,
    )
    return Decision(puts=commit.puts, deletes=commit.deletes, outbox=(*commit.outbox, done))


def _line(question: Question, language: Language, say: Say) -> str:
    day = long_date(question.asked_at.date(), language)
    text = question.text or say("data-erased")
    return f"{day}: {text} ({say(f'outcome-{question.state}')})"


def _parts(lines: list[str]) -> list[str]:
    parts = [""]
    for line in lines:
        if len(parts[-1]) + len(line) > PART:
            parts.append("")
        parts[-1] += f"{line}\n"
    return [one.rstrip("\n")[: PART + MOST_GIVEN // 2] for one in parts if one]


def _given(commanded: Commanded, number: int, text: str, now: datetime) -> OutboxItem:
    return OutboxItem(
        key=f"data:{commanded.key}:{number}",
        team=commanded.team,
        order_group=f"direct/{commanded.user}",
        call=Post(ToPerson(commanded.user), Content(escaped(text), (rich_text(words(text)),))),
        due_at=now,
    )
