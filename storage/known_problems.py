"""The known problems that stand on a day."""

from datetime import date

from knowledge.known_problem import KnownProblem
from storage.kinds import KNOWN_PROBLEM
from storage.port import Order, Store

PAGE = 200


async def standing_problems(
    store: Store, team: str, today: date, *, limit: int | None = None
) -> list[KnownProblem]:
    """Those of the team, newest first, up to ``limit``. Problems that nobody lifted stay in the
    index when their date has passed, so the date is weighed before anything is cut off."""
    standing: list[KnownProblem] = []
    after = None
    while page := await store.find(
        KNOWN_PROBLEM, "open", team, limit=PAGE, after=after, order=Order.NEWEST_FIRST
    ):
        standing += [one.record for one in page if one.record.stands(today)]
        if len(page) < PAGE or (limit is not None and len(standing) >= limit):
            break
        after = page[-1].record.id
    return standing[:limit]
