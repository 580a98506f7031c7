"""The question log: what was asked, read back for reports."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from knowledge.question import Question
from storage.kinds import QUESTION
from storage.port import Store

PAGE = 500


async def questions_since(
    store: Store, now: datetime, days: int, team: str | None = None
) -> AsyncIterator[Question]:
    """The questions of the last ``days`` days, today's included, oldest first; of every team where
    none is named."""
    for back in range(days, -1, -1):
        day = (now - timedelta(days=back)).date().isoformat()
        after = None
        while page := await store.find(QUESTION, "day", day, limit=PAGE, after=after):
            for stored in page:
                if team in (None, stored.record.team):
                    yield stored.record
            after = page[-1].record.id
