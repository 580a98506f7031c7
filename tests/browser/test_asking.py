"""A person asks the true bot on the page, and presses."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from knowledge.watching import Knowledge
from sandbox.server import Sandbox
from tests.browser.signpost import open_signpost
from tests.browser.stage import Visit, say

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox(tmp_path: Path, knowledge: Knowledge) -> AsyncIterator[Sandbox]:
    async with open_signpost(tmp_path, knowledge) as opened:
        yield opened


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
