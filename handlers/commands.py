"""The slash command: which word after ``/signpost`` goes to which decision.

What begins with no known word is a question. A word counts as known only when what follows it has
the form that it takes, so that "/signpost language settings on my iPhone" stays a question.
"""

import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from rapidfuzz import fuzz
from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.decision import Decision
from handlers.intake import Intake
from handlers.payloads import Commanded, read_command
from storage.outbox import Content, OutboxItem, Respond

COMMAND = "/signpost"
NEAR = 75.0
"""Likeness from which a word is taken for a slip of a command (one letter in four or five)."""
MOST_NEAR_WORDS = 3
"""Longer texts are questions, whatever they begin with."""

CommandDecider: TypeAlias = Callable[[Commanded, datetime], Awaitable[Decision]]
"""Decides on a command whose ``text`` is what follows the subcommand's name."""


class Role(StrEnum):
    """For whom a command is: its help is shown to nobody else. What it does is authorised by
    itself."""

    EVERYBODY = "everybody"
    AGENTS = "agents"
    ADMINS = "admins"


@dataclass(frozen=True)
class Subcommand:
    """``name`` is one or more words in lower case; ``arguments`` what may follow, as a pattern for
    the whole of it; ``help_key`` the line in the help text; ``role`` for whom it is."""

    name: str
    decide: CommandDecider
    help_key: str
    arguments: re.Pattern[str]
    role: Role

    def rest_of(self, text: str) -> str | None:
        """What follows the name in ``text``, or ``None`` when this is not meant."""
        spoken = " ".join(text.split())
        if spoken.casefold() != self.name and not spoken.casefold().startswith(f"{self.name} "):
            return None
        rest = spoken[len(self.name) :].strip()
        return rest if self.arguments.fullmatch(rest) else None

    def likeness(self, text: str) -> float:
        """How near the beginning of ``text`` is to the name, from 0 to 100."""
        beginning = text.casefold().split()[: len(self.name.split())]
        return fuzz.ratio(" ".join(beginning), self.name)


class CommandRouter:
    """Subcommands by name; ``otherwise`` decides on every other text, an empty one included."""

    def __init__(self, otherwise: CommandDecider) -> None:
        self._otherwise = otherwise
        self._subcommands: list[Subcommand] = []

    def add(
        self,
        name: str,
        decide: CommandDecider,
        help_key: str,
        arguments: str = "",
        role: Role = Role.EVERYBODY,
    ) -> None:
        """Let ``/signpost name`` go to ``decide``. ``arguments`` is a regular expression that the
        words behind the name match as a whole; by default there are none."""
        pattern = re.compile(arguments, re.IGNORECASE)
        self._subcommands.append(Subcommand(name, decide, help_key, pattern, role))

    def help_keys(self, roles: Collection[Role]) -> tuple[str, ...]:
        """The keys of the help lines for somebody with these roles, in the order of adding, each
        once."""
        mine = (one.help_key for one in self._subcommands if one.role in roles)
        return tuple(dict.fromkeys(mine))

    def near(self, text: str, roles: Collection[Role]) -> Subcommand | None:
        """The command that a short text was probably meant to be: a slip in its name, or what
        follows the name is not of its form."""
        if not 0 < len(text.split()) <= MOST_NEAR_WORDS:
            return None
        mine = [one for one in self._subcommands if one.role in roles]
        best = max(mine, key=lambda one: one.likeness(text), default=None)
        return best if best and best.likeness(text) >= NEAR else None

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
