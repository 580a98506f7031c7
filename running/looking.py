"""What an office looks at every few seconds, beside its conversations."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from handlers.ticket_search import SolvedArchive
from knowledge.errors import Severity
from knowledge.loading import company_file_for
from knowledge.watching import Knowledge
from running.list_taking import ListTaker
from running.office import Office
from settings import Settings
from storage.errors import StoreUnavailable
from storage.port import Commit

log = structlog.get_logger()

LOOK_EVERY = 1.0
"""Seconds; what one replica learned or an article that was edited is everywhere within two."""


def load_knowledge(settings: Settings) -> Knowledge:
    """The articles the settings name, with the company's values. Raises ``KnowledgeInvalid``."""
    folder = settings.knowledge_dir
    return Knowledge(folder, settings.company_file or company_file_for(folder))


def looks_of(office: Office) -> list[asyncio.Task[None]]:
    """The tasks that look, until they are cancelled."""
    lists = ListTaker(office.gateway, office.announcing, office.now)

    async def files_and_lessons() -> None:
        """And lessons that another process published, or that a reload forgot."""
        await look_at_files(office)
        await office.teaching.catch_up()

    return [
        asyncio.create_task(_again_and_again(files_and_lessons, "the articles")),
        asyncio.create_task(_again_and_again(lists.run_once, "uploaded lists")),
        asyncio.create_task(_read_archive(office.archive, office.identity.team, office.now())),
    ]


async def _again_and_again(look: Callable[[], Awaitable[None]], at: str) -> None:
    """Until cancelled; a look that fails is followed by another one."""
    while True:
        await asyncio.sleep(LOOK_EVERY)
        try:
            await look()
        except StoreUnavailable:
            log.warning(f"the store is away, {at} wait")
        except Exception:
            log.exception(f"{at} could not be looked at")


async def look_at_files(office: Office) -> None:
    """Take up articles that changed; the admins are told of those that cannot be read."""
    reload = await asyncio.to_thread(office.knowledge.reload_if_changed)
    if reload.changed:
        log.info("articles taken up", articles=len(office.knowledge.current.library))
    errors = [str(one) for one in reload.findings if one.severity is Severity.ERROR]
    if errors:
        log.error("articles refused", findings=errors)
        now = office.now()
        notice = office.notices.knowledge_refused(errors[0], now)
        await office.store.commit(Commit(at=now, outbox=(notice,)))


async def _read_archive(archive: SolvedArchive, team: str, now: datetime) -> None:
    """What the first search would read; where the store is away, that search reads it."""
    with contextlib.suppress(StoreUnavailable):
        await archive.read(team, now)
