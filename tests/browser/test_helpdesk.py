"""A question goes through tiers 1 to 3 and comes back solved, on the page, with four people."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page

from knowledge.watching import Knowledge
from sandbox.server import Sandbox
from tests.browser.signpost import open_signpost
from tests.browser.stage import THREAD_COMPOSER, Visit, say, violations

pytestmark = pytest.mark.asyncio(loop_scope="session")

UNKNOWN = "my zebra screen says quux 0x80180014, what now?"
FINDING = "The account is fine and the device shows up, but it never gets a certificate."
DEEPER = "The certificate connector stopped on Monday at 06:12 UTC."
CAUSE = "The connector's own certificate ran out."
SOLUTION = "Restart the phone and open Company Portal once more; it works now."


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox(tmp_path: Path, knowledge: Knowledge) -> AsyncIterator[Sandbox]:
    async with open_signpost(tmp_path, knowledge) as opened:
        yield opened


def press(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True).last


async def fills_in(page: Page, button: str, submit: str, **fields: str) -> None:
    """Presses what opens a form, types into it, and sends it in."""
    await press(page.locator("#main"), button).click()
    dialog = page.get_by_role("dialog")
    for label, text in fields.items():
        await dialog.get_by_label(label.replace("_", " ")).first.fill(text)
    assert [] == await violations(page)
    await dialog.get_by_role("button", name=submit, exact=True).click()
    await dialog.wait_for(state="detached")


async def sees(page: Page, words: str) -> None:
    await page.locator("#main").get_by_text(words).last.wait_for()


async def test_four_people_bring_a_question_through_the_tiers_and_back(
    visit: Visit, tmp_path: Path
) -> None:
    alice = await visit("alice", "D0ALICE")
    tia, tess = await visit("tia", "C0TIER1"), await visit("tess", "C0TIER2")
    tara = await visit("tara", "C0TIER3")

    # The user contacts tier 1 about an enrollment problem.
    await say(alice, UNKNOWN)
    await press(alice, "Ask the helpdesk").click()
    form = alice.get_by_role("dialog")
    await form.get_by_label("What have you tried already?").fill("restarted it twice")
    assert [] == await violations(alice)
    await alice.screenshot(path=tmp_path / "1-alice-asks.png")
    await form.get_by_role("button", name="Ask", exact=True).click()
    await sees(alice, "your question is with the helpdesk")

    # Tier 1 talks with her, cannot find the root cause, and escalates.
    await press(tia, "Claim").click()
    await sees(tia, "has it in tier 1")
    assert [] == await violations(tia)
    await tia.screenshot(path=tmp_path / "2-tia-has-it.png")
    await fills_in(tia, "Reply to user", "Send", Your_reply="Which phone is it, Alice?")
    await sees(alice, "is working on your question")
    await alice.locator("#main").get_by_text("1 reply").last.click()
    await alice.locator("#thread").get_by_text("Which phone is it, Alice?").wait_for()
    await say(alice, "An old zebra phone.", THREAD_COMPOSER)
    await alice.screenshot(path=tmp_path / "3-alice-answers.png")
    await tia.locator("#main").get_by_text("replies").last.click()
    await tia.locator("#thread").get_by_text("An old zebra phone.").wait_for()
    await tia.screenshot(path=tmp_path / "4-tia-reads.png")
    await fills_in(tia, "Escalate", "Escalate", **{"What_did_you_find?": FINDING})
    await sees(tia, "now in tier 2")

    # Tier 2 investigates, cannot resolve it, and escalates with additional information.
    await sees(tess, FINDING)
    await press(tess, "Claim").click()
    await sees(tess, "has it in tier 2")
    await tess.screenshot(path=tmp_path / "5-tess-has-it.png")
    await fills_in(tess, "Escalate", "Escalate", **{"What_did_you_find?": DEEPER})

    # Tier 3 finds the root cause and passes the solution to tiers 2 and 1.
    await sees(tara, DEEPER)
    await sees(tara, FINDING)
    await press(tara, "Claim").click()
    await sees(tara, "has it in tier 3")
    await fills_in(tara, "Resolve", "Resolve", Root_cause=CAUSE, Solution=SOLUTION)
    await sees(tara, "resolved by")
    await tara.screenshot(path=tmp_path / "6-tara-resolved.png")
    for page in (tia, tess):
        await sees(page, CAUSE)

    # Tier 1 contacts the user and resolves it; she says that it helped.
    await press(tia.locator("#main"), "Deliver").click()
    preview = tia.get_by_role("dialog")
    await preview.get_by_text("The asker writes English").wait_for()
    await tia.screenshot(path=tmp_path / "7-tia-delivers.png")
    await press(preview, "Deliver").click()
    await alice.locator("#thread").get_by_text(SOLUTION).wait_for()
    await alice.screenshot(path=tmp_path / "8-alice-has-a-solution.png")
    await press(alice.locator("#thread"), "Solved").click()
    await sees(alice, "this question is closed")
    await alice.locator("#thread").get_by_text("How was the help you got?").wait_for()
    assert [] == await violations(alice)
    await alice.screenshot(path=tmp_path / "9-alice-is-helped.png")
    for page in (tia, tess, tara):
        await sees(page, "closed since")
    await tia.screenshot(path=tmp_path / "10-tia-done.png", full_page=True)

    assert 1 == await tara.locator("#main").get_by_text("closed since").count()
