"""Forgetting a person at their word: asked once more, then done as soon as possible."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from handlers.catalogue import Catalogue
from handlers.commands import privately
from handlers.decision import Decision
from handlers.desk import Desk
from handlers.payloads import Commanded, Pressed
from handlers.rich_text import rich_text, words
from knowledge.article import Language
from storage.forgetting import Forgetting, forget
from storage.outbox import Content, DueCommand, OutboxItem, Respond
from storage.port import Commit

FORGET = "forget"
"""The due command's name."""

Decider: TypeAlias = Callable[[DueCommand, datetime], Awaitable[Commit]]


class PersonalAction(StrEnum):
    FORGET = "personal.forget"


def note_in(language: Language) -> str:
    """What stands in the place of erased words, for the command line."""
    return Catalogue().text("words-erased", language)


def expired_note(language: Language) -> str:
    """What stands in the place of words that are past their time."""
    return Catalogue().text("words-expired", language)


def forgetting_deciders(desk: Desk) -> Mapping[str, Decider]:
    """The decider of the due command, by its name."""

    async def forgotten(command: DueCommand, now: datetime) -> Commit:
        return await decide_forgotten(command, desk, now)

    return {FORGET: forgotten}


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
    """Forget who pressed, whoever the button was shown to. Everything is gone through, which may
    take longer than a press may, so it is done beside."""
    person = await desk.people.person(pressed.user)
    language = (await desk.speaking(person, pressed.channel)).language()
    command = DueCommand(
        key=f"{FORGET}:{pressed.team}/{pressed.user}",
        team=pressed.team,
        name=FORGET,
        due_at=now,
        arguments={
            "user": pressed.user,
            "language": language,
            "response_url": pressed.response_url,
            "press": pressed.key,
        },
    )
    return Decision(due=(command,))


async def decide_forgotten(command: DueCommand, desk: Desk, now: datetime) -> Commit:
    """Erase the person's words, and say so."""
    asked = command.arguments or {}
    user = asked["user"]
    whom = Forgetting(
        team=command.team,
        user=user,
        note=lambda language: desk.catalogue.text("words-erased", language),
        default=desk.default_language,
    )
    erased = await forget(desk.store, whom, now)
    if erased.learned:
        desk.knowledge.load_again()
    say = desk.say_in(Language(asked["language"]))
    done = OutboxItem(
        key=f"forgotten:{asked['press']}",
        team=command.team,
        order_group=f"note/{user}",
        call=Respond(asked["response_url"], Content(say("forget-done")), replace_original=True),
        due_at=now,
    )
    return Commit(at=now, outbox=(done,))
