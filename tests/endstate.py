"""The end-state checker: what became of every question and ticket, judged by what stands in the
workspace and in the store when all is quiet."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from helpdesk.ticket import State as Standing
from helpdesk.ticket import Ticket, about, ticket_id
from knowledge.question import State, question_id
from sandbox.conversation import Message
from sandbox.server import Sandbox
from storage.kinds import FAILED_PAYLOAD, QUESTION, TICKET, TICKET_COUNTER
from storage.opening import open_copy
from storage.outbox import OutboxState
from storage.port import Store

MOST = 100_000


async def faults_in(sandbox: Sandbox, store: Store, asked: Iterable[Message]) -> list[str]:
    """Every question of ``asked`` that is unanswered, answered twice, or lost; every message said
    twice; whatever is left undone. Empty when all is well."""
    said = Counter(keys_of(sandbox))
    found = [f"{key} was said {count} times" for key, count in said.items() if count > 1]
    for message in asked:
        found += await _faults_of_question(sandbox, store, said, message)
    for state in State:
        value = f"{sandbox.workspace.team_id}/{state}"
        for stored in await store.find(QUESTION, "state", value, limit=MOST):
            found += await _unfinished(store, f"question:{stored.record.id}")
    return found + await faults_of_tickets(sandbox, store, said)


async def faults_of_tickets(sandbox: Sandbox, store: Store, said: Counter[str]) -> list[str]:
    """Every number without a ticket, every question with two, every tier without its one card,
    every asker without the one status message, and what is left to be sent."""
    team = sandbox.workspace.team_id
    counter = await store.get(TICKET_COUNTER, team)
    found: list[str] = []
    questions: Counter[str] = Counter()
    for number in range(1, counter.record.number + 1 if counter else 1):
        stored = await store.get(TICKET, ticket_id(team, number))
        if stored is None:
            found.append(f"ticket #{number} was lost")
            continue
        questions[stored.record.question] += 1
        found += _faults_of_ticket(stored.record, said)
        found += await _faults_of_group(stored.record, store)
        found += await _unfinished(store, about(stored.record))
    return found + [f"{one} has {n} tickets" for one, n in questions.items() if one and n > 1]


def _faults_of_ticket(ticket: Ticket, said: Counter[str]) -> list[str]:
    found = []
    if not said[f"{about(ticket)}:status"]:
        found.append(f"the asker of {ticket.name} has no status message")
    if ticket.card(ticket.tier) is None:
        found.append(f"{ticket.name} has no card in tier {ticket.tier}")
    for card in ticket.cards:
        first = f"{about(ticket)}:card:{card.tier}"
        cards = [key for key in said if key == first or key.startswith(f"{first}:")]
        if cards != [card.key]:
            found.append(f"tier {card.tier} sees {ticket.name} as {cards}, not {card.key}")
    return found


async def _faults_of_group(ticket: Ticket, store: Store) -> list[str]:
    """A linked ticket waits for one that is worked on and knows of it."""
    if ticket.state is not Standing.LINKED:
        return []
    main = await store.get(TICKET, ticket.main)
    if main is None or not main.record.open:
        return [f"{ticket.name} is linked to {ticket.main}, which is closed or lost"]
    if main.record.state in (Standing.LINKED, Standing.DELIVERED):
        return [f"{ticket.name} is linked to {main.record.name}, which is {main.record.state}"]
    if ticket.number not in main.record.linked:
        return [f"{main.record.name} does not know that {ticket.name} is linked to it"]
    return []


async def all_sent(store_url: str, timeout: float = 150.0) -> None:
    """Return when nothing waits in the outbox, looked at beside the running bot. What a killed
    process had in hand waits for the end of its lease, a minute on PostgreSQL."""
    async with asyncio.timeout(timeout):
        while await _waiting(store_url):  # noqa: ASYNC110 - another process writes
            await asyncio.sleep(1)


async def _waiting(store_url: str) -> int:
    copy = await open_copy(store_url)
    try:
        return sum((await copy.backlog(datetime.now(UTC))).outbox.values())
    finally:
        await copy.close()


def keys_of(sandbox: Sandbox) -> Iterator[str]:
    """The key in the metadata of each of the bot's messages in the workspace."""
    for channel in sandbox.workspace.channels.values():
        for message in channel.messages():
            if message.bot_id and message.metadata:
                yield str(message.metadata["event_payload"]["key"])


async def _faults_of_question(
    sandbox: Sandbox, store: Store, said: Counter[str], message: Message
) -> list[str]:
    name = question_id(sandbox.workspace.team_id, message.channel, message.ts)
    stored = await store.get(QUESTION, name)
    if stored is None:
        return [f"{message.text!r} was lost: no question {name} in the store"]
    if not said[f"answer:{name}"]:
        return [f"{message.text!r} was not answered"]
    passed_on = stored.record.state is State.HELPDESK
    if passed_on and await store.count(TICKET, "question", name) != 1:
        return [f"{message.text!r} went to the helpdesk and did not become one ticket"]
    return []


async def _unfinished(store: Store, subject: str) -> list[str]:
    entries = await store.entries_about(subject)
    return [
        f"{entry.item.key} is {entry.state} ({entry.reason})"
        for entry in entries
        if entry.state is not OutboxState.DONE
    ]


async def failed_payloads(store: Store, day: str) -> list[str]:
    """The payloads of a day (ISO date) that could not be decided."""
    return [one.record.error for one in await store.find(FAILED_PAYLOAD, "day", day)]
