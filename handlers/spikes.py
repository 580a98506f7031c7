"""An article or an error code that many more people ask about than usual: the tiers and the admins
are told once, and can make it a known problem in one press."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import TypeAlias

from handlers.answers import best_article
from handlers.decision import Decision
from handlers.helpdesk_desk import HelpdeskDesk
from handlers.known_problems import KnownAction
from handlers.text import escaped
from handlers.ticket_words import actions, button, live_lines
from knowledge.question import Question
from knowledge.spikes import Kind, Spike, Watch, next_day, seen, untold
from storage.kinds import QUESTION, SPIKE_WATCH
from storage.outbox import Content, DueCommand, InChannel, OutboxItem, Post
from storage.port import Commit, Put, Store
from storage.records import NEW

SPIKES = "spikes"
EVERY = timedelta(minutes=15)
"""Soon enough to matter on the day, and each look reads only what was asked since the last."""
PAGE = 500

Decider: TypeAlias = Callable[[DueCommand, datetime], Awaitable[Commit]]


def first_look(team: str, now: datetime) -> DueCommand:
    """The command that keeps itself going."""
    return DueCommand(key=SPIKES, team=team, name=SPIKES, due_at=now + EVERY)


def spike_deciders(desk: HelpdeskDesk) -> Mapping[str, Decider]:
    """The decider of the look for spikes, by the command's name."""

    async def look(command: DueCommand, now: datetime) -> Commit:
        return (await decide_look(command, desk, now)).commit(now)

    return {SPIKES: look}


async def decide_look(command: DueCommand, desk: HelpdeskDesk, now: datetime) -> Decision:
    """Reads what was asked since the last look; what spikes and was not told yet is told. The first
    look ever, and one after a long standstill, begins with the days that say what is usual."""
    rule, today = desk.settings.learning.spikes, now.date()
    stored = await desk.store.get(SPIKE_WATCH, command.team)
    begin = today - timedelta(days=rule.days)
    watch = stored.record if stored else Watch(command.team, command.team, begin)
    if watch.day < begin:
        watch = next_day(watch, begin, rule)
    while watch.day < today:
        watch = await _caught_up(watch, desk.store)
        watch = next_day(watch, watch.day + timedelta(days=1), rule)
    watch, fresh = untold(await _caught_up(watch, desk.store), rule)
    notices = tuple(item for spike in fresh for item in _notices(spike, watch, desk, now))
    again = first_look(command.team, now)
    put = Put(SPIKE_WATCH, watch, stored.version if stored else NEW)
    return Decision(puts=(put,), outbox=notices, due=(again,))


async def _caught_up(watch: Watch, store: Store) -> Watch:
    """The watch after everything asked on its day so far."""
    async for page in _pages(store, watch.day, watch.after):
        own = [question for question in page if question.team == watch.team]
        watch = seen(watch, own)
    return watch


async def _pages(store: Store, day: date, after: str) -> AsyncIterator[list[Question]]:
    last = after or None
    while page := await store.find(QUESTION, "day", day.isoformat(), limit=PAGE, after=last):
        last = page[-1].record.id
        yield [one.record for one in page]


def _notices(spike: Spike, watch: Watch, desk: HelpdeskDesk, now: datetime) -> Iterator[OutboxItem]:
    content = _content(spike, desk)
    for channel in dict.fromkeys((*desk.tier_channels, desk.admin_channel)):
        key = f"spike:{watch.team}:{watch.day}:{spike.subject}:{channel}"
        yield OutboxItem(
            key=key,
            team=watch.team,
            order_group=f"spike/{channel}",
            call=Post(InChannel(channel), content),
            due_at=now,
            about=f"spike:{watch.team}",
        )


def _content(spike: Spike, desk: HelpdeskDesk) -> Content:
    say, subject = desk.say, spike.subject
    article = best_article(subject.name, desk.asking.default_language, desk.library)
    name = article.title if article and subject.kind is Kind.ARTICLE else subject.name
    lead = say(
        f"spike-{subject.kind}",
        name=escaped(name),
        people=str(spike.people),
        usual=f"{spike.usual:.1f}".removesuffix(".0"),
    )
    press = button(KnownAction.NEW, say("button-make-known"), str(subject))
    return Content(lead, (live_lines(lead), actions(press)))
