"""The true bot in a workspace of its own, for tests of the page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import yaml

from commandline.places import MANIFEST
from commandline.sandbox import sandbox_environment
from knowledge.watching import Knowledge
from sandbox.server import Sandbox
from tests.payload_types import SENT
from tests.workplace import Workplace


@asynccontextmanager
async def open_signpost(folder: Path, knowledge: Knowledge) -> AsyncIterator[Sandbox]:
    """A sandbox with the bot's own manifest, and the bot in it; its store stands in ``folder``."""
    manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
    async with Sandbox(manifest=manifest) as opened:
        SENT.listen(opened.core.traffic)
        environment = sandbox_environment(opened, f"tinydb:{folder / 'store'}")
        workplace = Workplace(opened, environment, knowledge)
        await workplace.start_bot()
        try:
            yield opened
        finally:
            await workplace.stop_bot()
