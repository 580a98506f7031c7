"""The slash command: which word after ``/signpost`` goes to which decision.

What begins with no known word is a question. A word counts as known only when what follows it has
the form that it takes, so that "/signpost language settings on my iPhone" stays a question.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.decision import Decision
from handlers.intake import Intake
from handlers.payloads import Commanded, read_command
from storage.outbox import Content, OutboxItem, Respond

COMMAND = "/signpost"

CommandDecider: TypeAlias = Callable[[Commanded, datetime], Awaitable[Decision]]
"""Decides on a command whose ``text`` is what follows the subcommand's name."""


@dataclass(frozen=True)
class Subcommand:
    """``name`` is one or more words in lower case; ``arguments`` what may follow, as a pattern for
    the whole of it; ``help_key`` the line in the help text."""

    name: str
    decide: CommandDecider
    help_key: str
    arguments: re.Pattern[str]

    def rest_of(self, text: str) -> str | None:
        """What follows the name in ``text``, or ``None`` when this is not meant."""
        spoken = " ".join(text.split())
        if spoken.casefold() != self.name and not spoken.casefold().startswith(f"{self.name} "):
            return None
        rest = spoken[len(self.name) :].strip()
        return rest if self.arguments.fullmatch(rest) else None


class CommandRouter:
    """Subcommands by name; ``otherwise`` decides on every other text, an empty one included."""

    def __init__(self, otherwise: CommandDecider) -> None:
        self._otherwise = otherwise
        self._subcommands: list[Subcommand] = []

    def add(self, name: str, decide: CommandDecider, help_key: str, arguments: str = "") -> None:
        """Let ``/signpost name`` go to ``decide``. ``arguments`` is a regular expression that the
        words behind the name match as a whole; by default there are none."""
        self._subcommands.append(
            Subcommand(name, decide, help_key, re.compile(arguments, re.IGNORECASE))
        )

    @property
    def help_keys(self) -> tuple[str, ...]:
        """The keys of the help lines, in the order of adding, each once."""
        return tuple(dict.fromkeys(one.help_key for one in self._subcommands))

    async def decide(self, commanded: Commanded, now: datetime) -> Decision:
        for one in self._subcommands:
            rest = one.rest_of(commanded.text)
            if rest is not None:
                return await one.decide(replace(commanded, text=rest), now)
        return await self._otherwise(commanded, now)


def register_commands(app: AsyncApp, intake: Intake, router: CommandRouter) -> None:
    """Connect the command; before the catch-alls."""

    async def on_command(body: dict[str, Any], ack: AsyncAck) -> None:
        commanded = read_command(body)
        await intake.take(commanded.key, body, lambda now: router.decide(commanded, now))
        await ack()

    app.command(COMMAND)(on_command)


def privately(
    commanded: Commanded, content: Content, now: datetime, about: str = "", number: int = 1
) -> OutboxItem:
    """The answer that only the person who gave the command sees; ``number`` counts them where there
    are several, at most five (docs.slack.dev/interactivity/handling-user-interaction)."""
    return OutboxItem(
        key=f"response:{commanded.key}:{number}",
        team=commanded.team,
        order_group=f"response/{commanded.user}",
        call=Respond(commanded.response_url, content),
        due_at=now,
        about=about,
    )
