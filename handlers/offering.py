"""The helpdesk offered once more: a question that nothing was found for, and that nobody answered
for a while, is asked about once."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from handlers.answering import about, group_of
from handlers.answers import Action
from handlers.decision import Decision
from handlers.helpdesk_desk import HelpdeskDesk
from handlers.payloads import Said
from handlers.ticket_words import actions, button, live_lines, mention
from helpdesk.ticket import FIRST_TIER
from knowledge.question import Place, Question, State
from storage.kinds import QUESTION, place_key
from storage.outbox import Content, DueCommand, InChannel, OutboxItem, Post
from storage.port import Commit, Order

OFFER = "helpdesk-offer"
OFFERED_IN = (Place.DIRECT, Place.MENTION, Place.QUESTION_CHANNEL)
"""Where a message can follow the answer; a command's answer is gone by then."""
QUESTIONS_IN_THREAD = 10

Decider: TypeAlias = Callable[[DueCommand, datetime], Awaitable[Commit]]


def offer_deciders(desk: HelpdeskDesk) -> Mapping[str, Decider]:
    """The decider of what falls due, by the command's name."""

    async def offer(command: DueCommand, now: datetime) -> Commit:
        return (await decide_offer(command, desk, now)).commit(now)

    return {OFFER: offer}


def with_offers(decision: Decision, desk: HelpdeskDesk, now: datetime) -> Decision:
    """The decision with a look, in the helpdesk's working time, at what became of the questions it
    leaves unanswered."""
    wait = desk.settings.offer_after
    if wait is None:
        return decision
    due_at = desk.settings.tier(FIRST_TIER).hours.after(now, wait)
    due = tuple(_look(one, due_at) for one in _unanswered(decision))
    return replace(decision, due=(*decision.due, *due)) if due else decision


def _unanswered(decision: Decision) -> Iterator[Question]:
    for put in decision.puts:
        record = put.record
        if not isinstance(record, Question) or record.state is not State.UNMATCHED:
            continue
        if record.place in OFFERED_IN:
            yield record


def _look(question: Question, due_at: datetime) -> DueCommand:
    return DueCommand(_key(question), question.team, OFFER, due_at, about(question))


def _key(question: Question) -> str:
    return f"{OFFER}:{question.id}"


async def answered_by_others(said: Said, desk: HelpdeskDesk) -> tuple[str, ...]:
    """The keys of the looks that a message makes needless: somebody else said something to the
    question."""
    if said.direct or said.thread_ts is None:
        return ()
    place = place_key(said.team, said.channel, said.thread_ts)
    found = await desk.store.find(
        QUESTION, "thread", place, limit=QUESTIONS_IN_THREAD, order=Order.NEWEST_FIRST
    )
    return tuple(
        _key(one.record)
        for one in found
        if one.record.asker != said.user and one.record.state is State.UNMATCHED
    )


async def decide_offer(command: DueCommand, desk: HelpdeskDesk, now: datetime) -> Decision:
    """Ask the asker, beneath the answer, unless the question went on meanwhile."""
    stored = await desk.store.get(QUESTION, command.about.removeprefix("question:"))
    if stored is None or stored.record.state is not State.UNMATCHED or not stored.record.text:
        return Decision()
    question = stored.record
    say = desk.asking.say_in(question.spoken)
    text = say("offer-helpdesk", asker=mention(question.asker))
    ask = button(Action.HELPDESK, say("button-ask-helpdesk"), question.id)
    item = OutboxItem(
        key=f"offer:{question.id}",
        team=question.team,
        order_group=group_of(question),
        call=Post(
            InChannel(question.channel, question.thread_ts),
            Content(text, (live_lines(text), actions(ask))),
        ),
        due_at=now,
        about=about(question),
    )
    return Decision(outbox=(item,))
