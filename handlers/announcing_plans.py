"""The plan in force: the same for all processes, and replaced by the admins."""

from functools import cached_property
from pathlib import Path

import structlog

from rollout.errors import PlanInvalid
from rollout.exporting import as_yaml
from rollout.plan import Plan
from rollout.reading import read_plan
from rollout.replacing import PlanTakenUp
from rollout.schedule import Schedule, schedule
from storage.kinds import PLAN_TAKEN_UP
from storage.port import Store
from storage.records import NEW, Stored

log = structlog.get_logger()


class PlanInForce:
    """The plan as this process knows it. ``file`` is where the admins put a new one; without a file
    there is none, and nothing is kept."""

    def __init__(self, plan: Plan, file: Path | None = None) -> None:
        self.plan = plan
        self.file = file
        self.version = NEW

    @cached_property
    def text(self) -> str:
        """The plan as the bot writes it: comments and layout do not count."""
        return as_yaml(self.plan)

    @cached_property
    def planned(self) -> Schedule:
        """The plan's announcements at the moments of the plan."""
        return schedule(self.plan)

    async def refresh(self, store: Store, team: str) -> Stored[PlanTakenUp] | None:
        """Follow what was taken up, here or by another process."""
        stored = await store.get(PLAN_TAKEN_UP, team)
        if stored is not None and stored.version != self.version:
            self._take(stored)
        return stored

    def _take(self, stored: Stored[PlanTakenUp]) -> None:
        self.version = stored.version
        if stored.record.text == self.text:
            return
        try:
            plan = read_plan(stored.record.text)
        except PlanInvalid:
            log.exception("the plan in force cannot be read, that of the file counts")
            return
        self.plan = plan
        self.__dict__.pop("text", None)
        self.__dict__.pop("planned", None)
