"""What people taught the bot, read from the store for an export."""

import asyncio
from collections.abc import Mapping

from knowledge.draft import Draft, DraftState
from knowledge.learned import Learned
from knowledge.lesson import Lesson, LessonState
from storage.kinds import DRAFT, LESSON
from storage.opening import DEFAULT_URL, is_there, open_copy


def read_learned(environment: Mapping[str, str]) -> Learned:
    """Everything published in the store that ``STORE_URL`` names, oldest first; nothing where there
    is no store yet. A running bot is not disturbed."""
    url = environment.get("STORE_URL", "").strip() or DEFAULT_URL
    return asyncio.run(_read(url)) if is_there(url) else Learned()


async def _read(url: str) -> Learned:
    store = await open_copy(url)
    lessons, drafts = [], []
    try:
        async for row in store.export_rows():
            kind = row.columns.get("kind") if row.table == "record" else None
            if kind == LESSON.name:
                lessons.append(LESSON.from_json(row.columns["body"]))
            elif kind == DRAFT.name:
                drafts.append(DRAFT.from_json(row.columns["body"]))
    finally:
        await store.close()
    return Learned(
        lessons=tuple(
            sorted((one for one in lessons if one.state is LessonState.PUBLISHED), key=_id)
        ),
        drafts=tuple(sorted((one for one in drafts if one.state is DraftState.PUBLISHED), key=_id)),
    )


def _id(record: Lesson | Draft) -> str:
    return record.id
