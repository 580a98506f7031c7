"""The end-state checker: what became of every question, judged by what stands in the workspace and
in the store when all is quiet."""

from collections import Counter
from collections.abc import Iterable, Iterator

from knowledge.question import Question, State, question_id
from sandbox.conversation import Message
from sandbox.server import Sandbox
from storage.kinds import FAILED_PAYLOAD, QUESTION
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
            found += await _unfinished(store, stored.record)
    return found


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
    if passed_on and not said[f"handover:{name}"]:
        return [f"{message.text!r} went to the helpdesk and did not arrive"]
    return []


async def _unfinished(store: Store, question: Question) -> list[str]:
    entries = await store.entries_about(f"question:{question.id}")
    return [
        f"{entry.item.key} is {entry.state} ({entry.reason})"
        for entry in entries
        if entry.state is not OutboxState.DONE
    ]


async def failed_payloads(store: Store, day: str) -> list[str]:
    """The payloads of a day (ISO date) that could not be decided."""
    return [one.record.error for one in await store.find(FAILED_PAYLOAD, "day", day)]
