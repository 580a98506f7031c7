"""The file of the workspaces, taken up again when it changes: all of it or nothing."""

from collections.abc import Mapping

import structlog

from settings import Settings, SettingsInvalid, read_workspaces

log = structlog.get_logger()


class WorkspaceList:
    """Team id to the settings of its workspace. The first reading raises ``SettingsInvalid``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stamp = self._stamped()
        self.current: Mapping[str, Settings] = read_workspaces(settings)

    def look(self) -> bool:
        """Whether a changed file was taken up; where it is wrong the last good one stays, and each
        problem is logged once."""
        stamp = self._stamped()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            self.current = read_workspaces(self._settings)
        except SettingsInvalid as invalid:
            log.error(
                "the workspaces are left as they were", problems=[*map(str, invalid.problems)]
            )
            return False
        log.info("workspaces taken up", workspaces=len(self.current))
        return True

    def _stamped(self) -> tuple[int, int] | None:
        installing = self._settings.installing
        try:
            status = installing.workspaces.stat() if installing else None
        except OSError:
            return None
        return (status.st_size, status.st_mtime_ns) if status else None
