"""The true bot's App Home, form, checklist and private answers, on the page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from knowledge.watching import Knowledge
from sandbox.server import Sandbox
from tests.browser.signpost import open_signpost
from tests.browser.stage import WIDE, Visit, violations

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = {"width": 390, "height": 844}


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox(tmp_path: Path, knowledge: Knowledge) -> AsyncIterator[Sandbox]:
    async with open_signpost(tmp_path, knowledge) as opened:
        yield opened


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
async def test_home_is_asked_ticked_and_read_without_a_fault_of_access(
    visit: Visit, tmp_path: Path, viewport: dict[str, int]
) -> None:
    page = await visit.open("#as=U0ALICE&view=home", viewport=viewport)
    await page.get_by_role("heading", name="My questions").wait_for()
    assert [] == await violations(page)
    await page.screenshot(path=tmp_path / f"home-{viewport['width']}.png", full_page=True)

    await page.get_by_role("button", name="Ask a question", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("What would you like to know?").fill("how do I enroll my iPhone?")
    assert [] == await violations(page)
    await dialog.get_by_role("button", name="Ask", exact=True).click()
    await page.get_by_text("Answered: Enroll an iPhone or iPad").wait_for()

    await page.get_by_role("button", name="Open the steps").nth(2).click()
    await dialog.get_by_label("Step 1 done").check()
    assert [] == await violations(page)
    await page.screenshot(path=tmp_path / f"steps-{viewport['width']}.png")
    await dialog.get_by_role("button", name="Close").first.click()
    await page.get_by_text("iPhone or iPad: 1 of 10 steps done").wait_for()


async def test_home_speaks_the_language_chosen_in_it(visit: Visit) -> None:
    page = await visit.open("#as=U0ADAM&view=home")
    await page.get_by_role("heading", name="My questions").wait_for()

    await page.get_by_label("Which language shall I speak with you?").select_option("Dutch")

    await page.get_by_role("heading", name="Mijn vragen").wait_for()
