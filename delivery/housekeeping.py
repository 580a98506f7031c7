"""What is forgotten after its time: dedupe keys, outbox items that are done, people's words."""

from dataclasses import replace
from datetime import datetime, timedelta

from delivery.due import Decider
from storage.outbox import DueCommand
from storage.port import Commit, Store
from storage.retention import Note, Retention, expired, nothing_left

HOUSEKEEPING = "housekeeping"
EVERY = timedelta(hours=6)
KEYS_KEPT = timedelta(days=7)
"""Slack repeats an event for at most a day (docs.slack.dev/apis/events-api, delayed events)."""
OUTBOX_KEPT = timedelta(days=180)
"""As long as people may still press a button on a message."""


AGAIN_AFTER = timedelta(minutes=1)
"""While there is more to forget than one commit takes."""


def first_housekeeping(team: str, now: datetime) -> DueCommand:
    """The command that keeps itself going."""
    return DueCommand(key=HOUSEKEEPING, team=team, name=HOUSEKEEPING, due_at=now + EVERY)


def housekeeper(store: Store, team: str, keep: Retention, note: Note) -> Decider:
    """Forgets what is old, with ``note`` in its place, and comes back after ``EVERY``, or sooner
    while there is more."""

    async def decide(command: DueCommand, now: datetime) -> Commit:
        await store.purge(keys_before=now - KEYS_KEPT, outbox_before=now - OUTBOX_KEPT)
        commit = await expired(store, team, keep, now, note)
        after = EVERY if nothing_left(commit) else AGAIN_AFTER
        again = DueCommand(key=HOUSEKEEPING, team=team, name=HOUSEKEEPING, due_at=now + after)
        return replace(commit, due=(again,))

    return decide
