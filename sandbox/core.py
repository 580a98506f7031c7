"""The parts of one sandbox, put together; everything else works on this."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.app import read_manifest
from sandbox.clock import SandboxClock
from sandbox.delivery import Deliveries, DeliveryTimes
from sandbox.faults import Faults
from sandbox.pace import Pace
from sandbox.pulse import Pulse
from sandbox.response_urls import ResponseUrls
from sandbox.seed import APP_ID, TEAM_ID, northwind
from sandbox.sockets import Sockets
from sandbox.traffic import Traffic
from sandbox.triggers import LIVES_FOR, Triggers

BOT_TOKEN = "xoxb-sandbox-0000-bot"  # noqa: S105 - a sandbox token opens nothing
APP_TOKEN = "xapp-sandbox-0000-app"  # noqa: S105
SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Setup:
    """How a sandbox behaves; the defaults are Slack's own times with rate limits on.

    `real` gives Unix seconds; `twins` says whether a mention in a channel arrives as two events,
    `mention_first` fixes their order (None: either, by `seed`).
    """

    real: Callable[[], float]
    manifest: Mapping[str, Any] | None = None
    times: DeliveryTimes = field(default_factory=DeliveryTimes)
    trigger_lives_for: float = LIVES_FOR
    pace: bool = True
    clock_start: datetime | None = None
    mention_first: bool | None = None
    seed: int = 1
    team_id: str = TEAM_ID


class Core:
    """One sandbox: the workspace and everything between it and the bot."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.real = setup.real
        self.pulse = Pulse()
        self.workspace = northwind(setup.real, setup.team_id)
        self.app = read_manifest(APP_ID, "Signpost", setup.manifest)
        self.clock = SandboxClock(setup.real, setup.clock_start)
        self.faults = Faults()
        self.traffic = Traffic(setup.real)
        self.pace = Pace(setup.real, setup.pace)
        self.triggers = Triggers(setup.real, setup.trigger_lives_for)
        self.response_urls = ResponseUrls(setup.real)
        self.deliveries = Deliveries(self.traffic, self.faults, setup.times, self.pulse.beat)
        self.sockets = Sockets(
            APP_ID, self.deliveries, self.faults, self._sockets_changed, setup.seed
        )
        self.deliveries.transport = self.sockets
        self.tokens = {BOT_TOKEN: "bot", APP_TOKEN: "app"}
        self.revoked: set[str] = set()
        self.calls_in_progress = 0
        self.base_url = ""
        self.on_connection: Callable[[], None] = lambda: None
        self.workspace.listen(lambda change: self.pulse.beat())

    def _sockets_changed(self) -> None:
        self.on_connection()
        self.pulse.beat()

    @property
    def is_settled(self) -> bool:
        """No delivery without its acknowledgement and no Web API call in progress."""
        return not self.deliveries.unfinished and not self.calls_in_progress
