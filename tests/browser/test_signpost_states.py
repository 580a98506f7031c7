"""The true bot on the page in every state a person meets: each persona in their own language, at a
desk and on a phone, by hand and by keyboard alone."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from knowledge.watching import Knowledge
from sandbox.server import Sandbox
from tests.browser.signpost import open_signpost
from tests.browser.stage import COMPOSER, THREAD_COMPOSER, WIDE, Visit, say, violations

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = {"width": 390, "height": 844}
QUESTIONS = {
    "alice": ("en", "how do I enroll my iPhone?", "Solved"),
    "bram": ("nl", "hoe meld ik mijn Android-telefoon aan?", "Opgelost"),
    "sven": ("sv", "hur registrerar jag min iPhone?", "Löst"),
    "mei": ("zh-Hant", "iPhone 要怎麼註冊？", "已解決"),
}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763f8cfc0000000030001b6ee56900000000049454e44ae426082"
)


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox(tmp_path: Path, knowledge: Knowledge) -> AsyncIterator[Sandbox]:
    async with open_signpost(tmp_path, knowledge) as opened:
        yield opened


async def is_within_the_screen(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


async def opens_home(page: Page, name: str) -> None:
    await page.evaluate(f"location.hash = '#as=U0{name.upper()}&view=home'")
    await page.locator("#main .home .block-button").first.wait_for()


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("name", QUESTIONS)
async def test_no_state_has_a_fault_of_access_in_any_language(
    visit: Visit, name: str, viewport: dict[str, int]
) -> None:
    language, question, solved = QUESTIONS[name]
    page = await visit(name, viewport=viewport)
    await expect(page.locator("html")).to_have_attribute("lang", language)
    found: dict[str, list[str]] = {}

    async def look(state: str) -> None:
        found[state] = await violations(page)
        if not await is_within_the_screen(page):
            found[state].append("wider than the screen")

    await say(page, question)
    await page.locator("#main .thread-link").wait_for()
    await look("channel with answer")
    await page.locator("#main .thread-link").click()
    await page.locator("#thread").get_by_role("button", name=solved, exact=True).wait_for()
    await look("thread")
    await opens_home(page, name)
    await look("home")
    await page.locator("#main .home .block-button").first.click()
    await page.get_by_role("dialog").wait_for()
    await look("modal")
    await page.keyboard.press("Escape")
    await page.locator("[data-focus=inspector]").click()
    await page.locator(".traffic details").first.wait_for()
    await page.locator(".traffic summary").first.click()
    await look("inspector")

    assert {state: [] for state in found} == found
    assert 5 == len(found)


async def test_asking_solving_home_and_inspector_go_by_keyboard_alone(visit: Visit) -> None:
    page = await visit("alice")
    keys = page.keyboard

    async def tab_to(label: str, most: int = 40) -> None:
        """Presses Tab until what has this accessible name has the focus."""
        wanted = page.locator(":focus").and_(page.get_by_role("button", name=label, exact=True))
        for _ in range(most):
            if await wanted.count():
                return
            await keys.press("Tab")
        raise AssertionError(f"{label!r} is not reached by Tab")

    await page.locator(COMPOSER).focus()
    await keys.type("how do I enroll my iPhone?")
    await keys.press("Enter")
    await page.locator("#main .thread-link").wait_for()
    await page.locator("#main .scroller").focus()
    await keys.press("ArrowUp")
    await keys.press("Tab")
    await keys.press("Enter")
    await expect(page.locator(THREAD_COMPOSER)).to_be_focused()
    await page.locator("#thread").get_by_role("button", name="Solved", exact=True).wait_for()
    await page.locator("#thread .scroller").focus()
    await tab_to("Solved")
    await keys.press("Enter")
    await page.get_by_text("Solved. Glad it helped.").wait_for()

    await keys.press("Control+k")
    await keys.type("Signpost")
    await keys.press("Enter")
    await page.get_by_role("heading", name="My questions").wait_for()
    await tab_to("Ask a question")
    await keys.press("Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_label("What would you like to know?")).to_be_focused()
    await keys.type("how do I enroll my Android phone?")
    await keys.press("Tab")
    await tab_to("Ask")
    await keys.press("Enter")
    await page.get_by_text("Answered: Enroll an Android phone or tablet").wait_for()

    await page.locator("#topbar [data-focus=jump]").focus()
    await tab_to("Inspector")
    await keys.press("Enter")
    await tab_to("Pause")
    await keys.press("Enter")
    await expect(page.locator("#inspector .now")).to_contain_text("paused")
    await expect(page.get_by_role("button", name="Resume")).to_be_focused()
    await keys.press("Shift+Tab")
    await keys.press("Shift+Tab")
    await expect(page.get_by_role("button", name="Close", exact=True)).to_be_focused()
    await keys.press("Enter")

    await expect(page.locator("#inspector")).to_be_hidden()
    await expect(page.get_by_role("button", name="Inspector")).to_be_focused()


async def test_the_message_shortcut_answers_a_colleagues_question(
    visit: Visit, sandbox: Sandbox
) -> None:
    await sandbox.person("adam").says("#general", "how do I enroll my iPhone?")
    page = await visit("alice", "C0GENERAL")
    await page.locator("#main .message").last.hover()

    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name=re.compile("^Ask Signpost")).click()

    await page.get_by_role("button", name="1 reply").click()
    await expect(page.locator("#thread .message").nth(1)).to_contain_text("Enroll an iPhone")
    await expect(page.locator("#main .ephemeral")).to_contain_text("Only visible to you")


async def test_the_global_shortcut_opens_the_form_on_a_phone_too(visit: Visit) -> None:
    page = await visit("femke", viewport=PHONE)

    await page.get_by_role("button", name="Snelkoppelingen en opdrachten").click()
    await page.get_by_role("menuitem", name=re.compile("^Ask a question")).click()

    await expect(page.get_by_role("dialog").get_by_role("textbox")).to_be_focused()


async def test_a_command_is_offered_with_its_hint_answered_privately_and_not_in_threads(
    visit: Visit,
) -> None:
    page = await visit("alice", "C0RANDOM")

    await page.locator(COMPOSER).press_sequentially("/sign")
    offer = page.get_by_role("option").filter(has_text="/signpost")
    await expect(offer).to_contain_text("[question]")
    await say(page, "/signpost how do I enroll my iPhone?")
    whisper = page.locator("#main .ephemeral")
    await expect(whisper).to_contain_text("Enroll an iPhone")

    await say(page, "a word")
    await page.locator("#main .message", has_text="a word").hover()
    await page.get_by_role("button", name="Reply in thread").last.click()
    await say(page, "/signpost help", THREAD_COMPOSER)
    await expect(page.get_by_role("alert")).to_contain_text("not supported in threads")
    await expect(page.locator(THREAD_COMPOSER)).to_have_value("/signpost help")


async def test_a_screenshot_alone_is_shown_and_answered_with_a_request_for_words(
    visit: Visit, sandbox: Sandbox
) -> None:
    page = await visit("alice", "D0ALICE")
    chooser = page.locator("#main input[type=file]")
    await chooser.set_input_files({"name": "error.png", "mimeType": "image/png", "buffer": PNG})

    await page.get_by_role("button", name="Send").click()

    picture = page.locator("#main .files img")
    await expect(picture).to_have_attribute("alt", "error.png")
    assert 1 == await picture.evaluate("image => image.decode().then(() => image.naturalWidth)")
    answer = page.locator("#main .message").nth(1)
    await expect(answer).to_contain_text("Signpost")
    await expect(answer).to_contain_text("words")
    assert [] == await violations(page)


async def test_an_empty_file_is_refused_in_words(visit: Visit) -> None:
    page = await visit("alice", "D0ALICE")
    await page.locator("#main input[type=file]").set_input_files(
        {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""}
    )

    await page.get_by_role("button", name="Send").click()

    await expect(page.get_by_role("alert")).to_contain_text("empty.txt is empty")
    await expect(page.locator("#main .attached")).to_contain_text("empty.txt")


async def test_the_clock_runs_faster_jumps_and_goes_to_what_is_due(
    visit: Visit, sandbox: Sandbox
) -> None:
    page = await visit("alice")
    clock = sandbox.core.clock
    await page.get_by_role("button", name="Inspector").click()
    start = clock.now()

    await page.get_by_label("Speed").select_option("60")
    await sandbox.until(lambda: clock.factor == 60)
    await page.get_by_role("button", name="Pause").click()
    await page.get_by_role("button", name="+1 day").click()
    await sandbox.until(lambda: (clock.now() - start).days >= 1)
    await sandbox.until(lambda: clock.next_due() is not None)
    due = clock.next_due()
    await page.get_by_role("button", name="Next due").click()

    assert due is not None
    await sandbox.until(lambda: clock.now() >= due)


async def test_the_inspector_shows_what_came_with_an_acknowledgement(visit: Visit) -> None:
    page = await visit("alice")
    await opens_home(page, "alice")
    await page.get_by_role("button", name="Ask a question", exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill("?!")
    await dialog.get_by_role("button", name="Ask", exact=True).click()
    await dialog.locator(".input-error:visible").wait_for()
    await page.keyboard.press("Escape")

    await page.get_by_role("button", name="Inspector").click()
    entry = page.locator(".traffic li", has_text="view_submission")
    await entry.locator("summary").click()

    await expect(entry.locator("pre")).to_contain_text('"response_action": "errors"')


@pytest.mark.parametrize(
    ("name", "channel", "badge"), [("gus", "C0GENERAL", "Guest"), ("pat", "C0PARTNERS", None)]
)
async def test_outsiders_see_only_where_they_were_invited(
    visit: Visit, name: str, channel: str, badge: str | None
) -> None:
    page = await visit(name, channel)
    await say(page, "hello")
    message = page.locator("#main .message").last

    rows = page.locator("#sidebar [data-channel^=C0]")
    await expect(message).to_contain_text("hello")
    await expect(message).to_contain_text(badge or "Other organisation")
    await expect(rows).to_have_count(1)


async def test_what_was_done_is_there_after_a_reload(visit: Visit) -> None:
    page = await visit("mei")
    await say(page, "iPhone 要怎麼註冊？")
    await page.locator("#main .thread-link").click()
    answer = page.locator("#thread .message-content").nth(1)
    await page.locator("#thread").get_by_role("button", name="已解決", exact=True).click()
    await expect(answer).not_to_contain_text("這不是我要問的")
    told = await answer.text_content() or ""

    await page.reload()

    await expect(page.locator("#act-as")).to_have_value("U0MEI")
    await expect(page.locator("#thread .message")).to_have_count(2)
    await expect(answer).to_have_text(told)
