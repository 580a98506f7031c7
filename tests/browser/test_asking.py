"""A person asks the true bot on the page, and presses."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import yaml

from bot import MANIFEST, sandbox_environment
from knowledge.watching import Knowledge
from sandbox.server import Sandbox
from tests.browser.stage import Visit, say
from tests.workplace import Workplace

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox(tmp_path: Path, knowledge: Knowledge) -> AsyncIterator[Sandbox]:
    manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
    async with Sandbox(manifest=manifest) as opened:
        environment = sandbox_environment(opened, f"tinydb:{tmp_path / 'store'}")
        workplace = Workplace(opened, environment, knowledge)
        await workplace.start_bot()
        yield opened
        await workplace.stop_bot()


async def test_alice_asks_presses_solved_and_sees_it_solved(visit: Visit) -> None:
    page = await visit("alice")
    await say(page, "how do I enroll my iPhone?")

    await page.get_by_text("1 reply").click()
    await page.get_by_role("button", name="Solved", exact=True).click()

    await page.get_by_text("Solved. Glad it helped.").wait_for()
    assert 0 == await page.get_by_role("button", name="Ask the helpdesk").count()


async def test_bram_asks_in_dutch_and_reads_everything_in_dutch(visit: Visit) -> None:
    page = await visit("bram")
    await say(page, "hoe registreer ik mijn iPhone?")

    await page.get_by_text("1 antwoord").click()

    await page.get_by_role("button", name="Niet mijn vraag").wait_for()
