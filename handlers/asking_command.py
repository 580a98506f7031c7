"""``/signpost``: a question answered privately, help, languages, topics."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeAlias

from handlers.answering import about, replies
from handlers.commands import COMMAND, CommandDecider, CommandRouter, Role, privately
from handlers.decision import Decision
from handlers.desk import Desk
from handlers.forgetting import decide_forget
from handlers.gaps import decide_gaps
from handlers.known_problems import decide_known
from handlers.languages import decide_language, language_words
from handlers.payloads import Commanded, Said
from handlers.personal import decide_my_data
from handlers.rich_text import rich_text, words
from handlers.roles import roles_of
from handlers.text import escaped, has_words, plain, shortened
from handlers.topics import decide_topics
from knowledge.question import Place, Question, State
from storage.kinds import QUESTION
from storage.outbox import Content
from storage.port import Put
from storage.records import NEW

MOST_QUOTED = 80
"""Characters of what was not understood."""

AtDesk: TypeAlias = Callable[[Commanded, Desk, datetime], Awaitable[Decision]]


def asking_commands(desk: Desk) -> CommandRouter:
    """The router with what asking understands; others add theirs to it."""

    async def ask(commanded: Commanded, now: datetime) -> Decision:
        if not has_words(commanded.text):
            return await help_text(commanded, now)
        return await _decide_asked(commanded, router, desk, now)

    async def help_text(commanded: Commanded, now: datetime) -> Decision:
        return await _decide_help(commanded, router, desk, now)

    def at_desk(decide: AtDesk) -> CommandDecider:
        async def decided(commanded: Commanded, now: datetime) -> Decision:
            return await decide(commanded, desk, now)

        return decided

    router = CommandRouter(ask)
    router.add("help", help_text, "command-help")
    spoken = language_words(desk.catalogue)
    router.add("language", at_desk(decide_language), "command-language", spoken)
    router.add("topics", at_desk(decide_topics), "command-topics")
    router.add("my data", at_desk(decide_my_data), "command-my-data")
    router.add("forget", at_desk(decide_forget), "command-forget")
    router.add("known", at_desk(decide_known), "command-known", role=Role.AGENTS)
    router.add("gaps", at_desk(decide_gaps), "command-gaps", role=Role.AGENTS)
    return router


async def decide_command(commanded: Commanded, desk: Desk, now: datetime) -> Decision:
    """The answer to a question, for the person's eyes only."""
    said = _said(commanded, now)
    answers = await replies(said, Place.COMMAND, desk, now)
    puts = tuple(Put(QUESTION, one.question, NEW) for one in answers if one.question)
    items = tuple(
        privately(commanded, one.content, now, about(one.question) if one.question else "", number)
        for number, one in enumerate(answers, start=1)
    )
    return Decision(puts=puts, outbox=items)


async def _decide_asked(
    commanded: Commanded, router: CommandRouter, desk: Desk, now: datetime
) -> Decision:
    """The answer; where there is none for sure and a command is near, that command."""
    decision = await decide_command(commanded, desk, now)
    near = router.near(commanded.text, await roles_of(commanded.user, desk))
    if near is None or _is_answered(decision):
        return decision
    say = await desk.say_to(commanded.user, commanded.channel)
    lead = say("command-near", command=f"{COMMAND} {near.name}", text=_quoted(commanded))
    text = f"{lead}\n- {say(near.help_key)}"
    content = Content(escaped(text), (rich_text(words(text)),))
    return Decision(outbox=(privately(commanded, content, now),))


def _quoted(commanded: Commanded) -> str:
    return shortened(plain(commanded.text), MOST_QUOTED)


def _is_answered(decision: Decision) -> bool:
    states = [one.record.state for one in decision.puts if isinstance(one.record, Question)]
    return not states or State.ANSWERED in states


async def _decide_help(
    commanded: Commanded, router: CommandRouter, desk: Desk, now: datetime
) -> Decision:
    say = await desk.say_to(commanded.user, commanded.channel)
    keys = router.help_keys(await roles_of(commanded.user, desk))
    lines = [say("help-ask"), say("command-lead"), *(f"- {say(key)}" for key in keys)]
    text = "\n".join(lines)
    content = Content(text, (rich_text(words(text)),))
    return Decision(outbox=(privately(commanded, content, now),))


def _said(commanded: Commanded, now: datetime) -> Said:
    """A command has no message; the moment stands in for its ``ts``."""
    return Said(
        event_id=commanded.key,
        team=commanded.team,
        channel=commanded.channel,
        direct=False,
        user=commanded.user,
        text=commanded.text,
        ts=f"{now.timestamp():.6f}",
        thread_ts=None,
    )
