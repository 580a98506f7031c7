"""The kinds of record the bot keeps, each with the values it is found by."""

from knowledge.question import Question
from storage.failed import FailedPayload
from storage.records import RecordKind


def person_key(team: str, user: str) -> str:
    """The index value for one person of one team."""
    return f"{team}/{user}"


def place_key(team: str, channel: str, thread_ts: str) -> str:
    """The index value for one thread (or one top-level message) in one channel."""
    return f"{team}/{channel}/{thread_ts}"


QUESTION = RecordKind(
    "question",
    Question,
    {
        "asker": lambda question: person_key(question.team, question.asker),
        "thread": lambda question: place_key(
            question.team, question.channel, question.thread_ts or question.ts
        ),
        "state": lambda question: f"{question.team}/{question.state}",
        "day": lambda question: question.asked_at.date().isoformat(),
    },
)

FAILED_PAYLOAD = RecordKind(
    "failed-payload", FailedPayload, {"day": lambda failed: failed.at.date().isoformat()}
)
