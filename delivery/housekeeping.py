"""What is forgotten after its time: dedupe keys, and outbox items that are done."""

from datetime import datetime, timedelta

from delivery.due import Decider
from storage.outbox import DueCommand
from storage.port import Commit, Store

HOUSEKEEPING = "housekeeping"
EVERY = timedelta(hours=6)
KEYS_KEPT = timedelta(days=7)
"""Slack repeats an event for at most a day (docs.slack.dev/apis/events-api, delayed events)."""
OUTBOX_KEPT = timedelta(days=180)
"""As long as people may still press a button on a message."""


def first_housekeeping(team: str, now: datetime) -> DueCommand:
    """The command that keeps itself going."""
    return DueCommand(key=HOUSEKEEPING, team=team, name=HOUSEKEEPING, due_at=now + EVERY)


def housekeeper(store: Store, team: str) -> Decider:
    """Forgets what is old, and comes back after ``EVERY``."""

    async def decide(command: DueCommand, now: datetime) -> Commit:
        await store.purge(keys_before=now - KEYS_KEPT, outbox_before=now - OUTBOX_KEPT)
        return Commit(at=now, due=(first_housekeeping(team, now),))

    return decide
