"""Which offices are open: those of the workspaces that installed the app and whose channels are
known. Looked at every few seconds, and at once where something is heard of."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import structlog

from delivery.errors import AccessLost, SlackError
from delivery.installing import NotRenewed, Renewal
from delivery.role_channels import RoleChannelUnfit
from handlers.connection import App
from handlers.front_door import Standing
from helpdesk.errors import HelpdeskError
from knowledge.errors import KnowledgeError
from rollout.errors import RolloutError
from running.office_at_work import OfficeAtWork, Opening
from running.workspace_list import WorkspaceList
from settings import Settings
from storage.errors import StoreError, StoreUnavailable
from storage.installations import Installation, Installations

log = structlog.get_logger()

LOOK_EVERY = 2.0
AGAIN_AFTER = timedelta(seconds=30)
"""A workspace whose office could not be opened, or whose token not be renewed, is tried again."""
TO_MEND = (
    RoleChannelUnfit,
    StoreError,
    KnowledgeError,
    HelpdeskError,
    RolloutError,
    OSError,
)
"""Errors whose message says what happened, to what, and what to do."""


class OfficesAtWork:
    """Opens and closes offices. ``now`` gives the real time, by which tokens end; ``hide`` is told
    every token before it is used, so that no log shows it; ``on_broken`` hears that a loop broke.
    """

    def __init__(
        self,
        installations: Installations,
        workspaces: WorkspaceList,
        opening: Opening,
        renewal: Renewal,
        now: Callable[[], datetime],
        hide: Callable[[str], None],
        on_broken: Callable[[], None],
    ) -> None:
        self._installations = installations
        self._workspaces = workspaces
        self._opening = opening
        self._renewal = renewal
        self._now = now
        self._hide = hide
        self._on_broken = on_broken
        self._open: dict[str, OfficeAtWork] = {}
        self._lost: dict[str, str] = {}
        self._unserved: dict[str, str] = {}
        self._not_before: dict[str, datetime] = {}
        self._news = asyncio.Event()

    @property
    def open(self) -> Mapping[str, OfficeAtWork]:
        """Team id to office."""
        return self._open

    @property
    def unserved(self) -> Mapping[str, str]:
        """Team id to what keeps its office from opening, until somebody mends it."""
        return self._unserved

    def is_configured(self, team: str) -> bool:
        """Whether the channels of the workspace are known."""
        return team in self._workspaces.current

    def look_soon(self) -> None:
        self._news.set()

    async def run(self) -> None:
        """Until cancelled; a look that fails is followed by another one."""
        while True:
            await self._pause()
            try:
                await self.look_unless_away()
            except Exception:
                log.exception("the workspaces could not be looked at")

    async def look_unless_away(self) -> None:
        """:meth:`look`; while the database is away everything stays as it is."""
        try:
            await self.look()
        except StoreUnavailable as away:
            log.warning("the installations cannot be read", reason=str(away))

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY):
                await self._news.wait()
        except TimeoutError:
            return
        self._news.clear()

    async def look(self) -> None:
        """Open, tell and close what changed since the last look."""
        if self._workspaces.look():
            self._not_before.clear()
        installed = {one.team: one for one in await self._installations.all()}
        for team in [*self._open]:
            if self._has_gone(team, installed.get(team)):
                await self._close(team)
        for team in [*self._unserved]:
            if team not in installed or not self.is_configured(team):
                del self._unserved[team]
        for team, settings in self._workspaces.current.items():
            if team in installed:
                await self._attend_to(await self._renewed(installed[team]), settings)

    async def of_team(self, team: str) -> App | Standing:
        """The app at work for the workspace, or why there is none."""
        if team in self._open:
            return self._open[team].app
        if not self.is_configured(team) or team in self._lost:
            return Standing.STRANGE
        known = any(one.team == team for one in await self._installations.all())
        return Standing.OPENING if known else Standing.STRANGE

    async def close_for_good(self, team: str, at: datetime) -> None:
        """Forget the token of a workspace that took the app away, and close its office."""
        if await self._installations.remove(team, at):
            log.info("uninstalled", team=team)
        self.look_soon()

    async def close(self) -> None:
        """Close every office at the same time."""
        await asyncio.gather(*(self._close(team) for team in [*self._open]))

    def _has_gone(self, team: str, installation: Installation | None) -> bool:
        """Whether the office is no longer one that should be open as it is."""
        office = self._open[team]
        return (
            installation is None
            or installation.installed_at != office.installation.installed_at
            or self._workspaces.current.get(team) != office.settings
            or self._lost.get(team) == office.installation.token
        )

    async def _renewed(self, installation: Installation) -> Installation:
        """With a token that is good for hours, where Slack gives one."""
        team = installation.team
        if not self._renewal.is_due(installation, self._now()) or self._must_wait(team):
            return installation
        try:
            renewed = await self._installations.renew(team, self._renewal)
        except NotRenewed as problem:
            log.error("no new token, trying again", team=team, reason=str(problem))
            self._not_before[team] = self._now() + AGAIN_AFTER
            return installation
        if renewed:
            log.info("token renewed", team=team)
        return renewed or installation

    async def _attend_to(self, installation: Installation, settings: Settings) -> None:
        team = installation.team
        self._hide(installation.token)
        if installation.refresh_token:
            self._hide(installation.refresh_token)
        office = self._open.get(team)
        if office is None:
            if self._lost.get(team) != installation.token and not self._must_wait(team):
                await self._try_to_open(installation, settings)
        elif office.installation.token != installation.token:
            office.use(installation)

    async def _try_to_open(self, installation: Installation, settings: Settings) -> None:
        """What keeps one workspace from opening keeps no other."""
        team = installation.team
        self._not_before[team] = self._now() + AGAIN_AFTER
        self._lost.pop(team, None)
        lost = partial(self._access_lost, team)
        try:
            office = await self._opening.open(installation, settings, lost, self._on_broken)
        except AccessLost as error:
            self._unserved.pop(team, None)
            self._lose(team, installation.token, error.code)
        except SlackError as error:
            log.warning("Slack does not help, trying again", team=team, code=error.code)
        except TO_MEND as error:
            log.error("the workspace cannot be served, trying again", team=team, reason=str(error))
            self._unserved[team] = str(error)
        else:
            self._not_before.pop(team)
            self._unserved.pop(team, None)
            self._open[team] = office
            log.info("ready", team=team)

    def _must_wait(self, team: str) -> bool:
        return team in self._not_before and self._now() < self._not_before[team]

    def _access_lost(self, team: str, code: str) -> None:
        office = self._open.get(team)
        if office is not None:
            self._lose(team, office.installation.token, code)
            self.look_soon()

    def _lose(self, team: str, token: str, code: str) -> None:
        """The office stays closed until the workspace has another token."""
        log.error("Slack no longer accepts the token: install the app again", team=team, code=code)
        self._lost[team] = token

    async def _close(self, team: str) -> None:
        office = self._open.pop(team)
        await office.close()
        log.info("closed", team=team)
