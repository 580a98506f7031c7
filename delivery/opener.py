"""Opens modals for the handlers."""

from collections.abc import Mapping
from typing import Any

import structlog

from delivery.errors import SlackError
from delivery.gateway import Gateway

log = structlog.get_logger()


class Opener:
    """A modal that cannot be opened costs a press, not the decision behind it."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def open(self, trigger_id: str, view: Mapping[str, Any]) -> bool:
        """``False`` when Slack did not open it; the person can press again."""
        try:
            await self._gateway.open(trigger_id, view)
        except SlackError as error:
            log.warning("a modal was not opened", code=error.code)
            return False
        return True
