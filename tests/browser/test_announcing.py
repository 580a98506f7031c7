"""An announcement from composing to its channel, at the page: Ada composes, Axel approves,
Linnea reads."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from knowledge.watching import Knowledge
from sandbox.server import Sandbox
from tests.browser.signpost import open_signpost
from tests.browser.stage import Visit, say, violations

pytestmark = pytest.mark.asyncio(loop_scope="session")

ADMINS, IT = "C0ROLLOUTADMINS", "C0IT"
BEFORE = datetime(2027, 6, 28, 8, 0, tzinfo=UTC)
SENDS_AT = datetime(2027, 7, 7, 7, 0, tzinfo=UTC)


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox(tmp_path: Path, knowledge: Knowledge) -> AsyncIterator[Sandbox]:
    async with open_signpost(tmp_path, knowledge) as opened:
        opened.core.clock.jump_to(BEFORE)
        yield opened


async def test_an_admin_composes_another_approves_and_the_channel_reads_it(
    visit: Visit, sandbox: Sandbox, tmp_path: Path
) -> None:
    ada = await visit("ada", ADMINS)
    await say(ada, "/signpost announce")
    dialog = ada.get_by_role("dialog")
    await dialog.get_by_label("Which message?").select_option("pre-enrollment-1-it")
    assert [] == await violations(ada)
    await dialog.get_by_role("button", name="Prepare").click()
    card = ada.locator("#main").get_by_text("Checked: ready to be approved.")
    await card.wait_for()

    await ada.get_by_role("button", name="Preview").click()
    shown = ada.locator("#main")
    await shown.get_by_text("The preview is in your direct message with me.").wait_for()
    await ada.screenshot(path=tmp_path / "card.png")
    preview = await visit("ada", "D0ADA")
    await preview.get_by_text("IT: your devices join Microsoft Intune").first.wait_for()
    await preview.screenshot(path=tmp_path / "preview.png")

    axel = await visit("axel", ADMINS)
    await axel.get_by_role("button", name="Approve").click()
    await axel.locator("#main").get_by_text("Approved, goes out").wait_for()
    assert [] == await violations(axel)
    sandbox.core.clock.jump_to(SENDS_AT + timedelta(seconds=1))

    linnea = await visit("linnea", IT)
    await linnea.get_by_text("IT: your devices join Microsoft Intune").first.wait_for()
    await linnea.get_by_text("via Signpost").first.wait_for()
    assert [] == await violations(linnea)
    await linnea.screenshot(path=tmp_path / "announced.png")
    await linnea.get_by_role("button", name="How to enroll").click()
    await linnea.get_by_role("dialog").get_by_text("Which device do you want to enroll?").wait_for()
    await linnea.screenshot(path=tmp_path / "how.png")

    sandbox.core.clock.advance(timedelta(seconds=10))
    await axel.locator("#main").get_by_text("Sent: 1, failed: 0, left: 0").wait_for()
    await axel.screenshot(path=tmp_path / "sent.png")
