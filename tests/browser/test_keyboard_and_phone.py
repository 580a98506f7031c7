"""Without a mouse, on a phone's width, and with assistive technology."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.stage import COMPOSER, THREAD_COMPOSER, Bot, Payload, Visit, say, violations
from tests.browser.test_the_page import BUTTON, NAME_INPUT, modal, opens_form_on_press, plain

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = {"width": 390, "height": 844}


async def test_the_whole_way_goes_by_keyboard_alone(visit: Visit, bot: Bot) -> None:
    page = await visit("alice", "C0RANDOM")
    ts = await bot.posts("C0ASKIT", "Did that help?", blocks=[BUTTON])
    keys = page.keyboard

    await keys.press("Control+k")
    await keys.type("ask-it")
    await keys.press("Enter")
    await expect(page.locator("#main h2")).to_have_text("#ask-it")
    await page.get_by_role("button", name="Solved").wait_for()
    await expect(page.locator(COMPOSER)).to_be_focused()
    await keys.press("Shift+Tab")
    await expect(page.get_by_role("button", name="Solved")).to_be_focused()
    await keys.press("Enter")
    pressed = await bot.next("block_actions")
    assert ts == pressed["message"]["ts"]

    await page.locator("#main .scroller").focus()
    await keys.press("ArrowUp")
    await keys.press("Tab")
    await keys.press("Tab")
    await keys.press("Tab")
    await expect(page.get_by_role("button", name="Reply in thread")).to_be_focused()
    await keys.press("Enter")
    await expect(page.locator(THREAD_COMPOSER)).to_be_focused()
    await keys.type("yes")
    await keys.press("Enter")
    await expect(page.locator("#thread .message-content").last).to_have_text("yes")
    await keys.press("Escape")
    await expect(page.locator("#thread")).to_be_hidden()


async def test_f6_walks_the_regions_and_arrows_the_channels(visit: Visit) -> None:
    page = await visit("alice")
    await page.locator(COMPOSER).focus()

    await page.keyboard.press("Shift+F6")
    await expect(page.locator("#sidebar [data-channel=C0ASKIT]")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("#sidebar [data-channel=C0GENERAL]")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#main h2")).to_have_text("#general")
    await expect(page.locator(COMPOSER)).to_be_focused()
    await page.keyboard.press("F6")

    await expect(page.locator("#topbar [data-focus=jump]")).to_be_focused()


async def test_a_menu_is_walked_by_arrows_and_gives_the_focus_back(visit: Visit) -> None:
    page = await visit("alice")
    await say(page, "hello")
    more = page.get_by_role("button", name="More actions")
    await page.locator("#main .message").focus()
    await more.focus()

    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem").first).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("menuitem").nth(1)).to_be_focused()
    await page.keyboard.press("Escape")

    await expect(page.get_by_role("menu")).to_have_count(0)
    await expect(more).to_be_focused()


async def test_the_focus_survives_an_update_of_the_message_it_is_in(visit: Visit, bot: Bot) -> None:
    page = await visit("alice")
    ts = await bot.posts("C0ASKIT", "Card", blocks=[BUTTON])
    await page.get_by_role("button", name="Solved").focus()

    header = {"type": "header", "text": plain("Claimed by Tia")}
    await bot.web.chat_update(channel="C0ASKIT", ts=ts, text="Card", blocks=[header, BUTTON])

    await expect(page.get_by_role("heading", name="Claimed by Tia")).to_be_visible()
    await expect(page.get_by_role("button", name="Solved")).to_be_focused()


async def test_a_new_message_is_announced_politely(visit: Visit, bot: Bot) -> None:
    page = await visit("alice")

    await bot.posts("C0ASKIT", "Open *Company Portal*.")

    await expect(page.get_by_role("status")).to_have_text("Signpost: Open Company Portal.")


async def test_on_a_phone_the_columns_are_screens_with_ways_back(visit: Visit, bot: Bot) -> None:
    page = await visit("alice", viewport=PHONE)
    ts = await bot.posts("C0ASKIT", "Which platform do you use for work, and since when?")
    await bot.posts("C0ASKIT", "Tell me here.", thread_ts=ts)
    await expect(page.locator("#sidebar")).to_be_hidden()

    await page.get_by_role("button", name="1 reply").click()
    await expect(page.locator("#main")).to_be_hidden()
    await say(page, "Android", THREAD_COMPOSER)
    await expect(page.locator("#thread .message-content").last).to_have_text("Android")
    await page.get_by_role("button", name="Back").click()
    await expect(page.locator("#main")).to_be_visible()
    await page.get_by_role("button", name="Back").click()
    await expect(page.locator("#sidebar")).to_be_visible()
    await page.locator("#sidebar [data-channel=C0GENERAL]").click()

    await expect(page.locator("#main h2")).to_have_text("#general")


async def test_on_a_phone_nothing_is_wider_than_the_screen(visit: Visit, bot: Bot) -> None:
    page = await visit("alice", viewport=PHONE)
    await opens_form_on_press(bot, modal("Ask the helpdesk", NAME_INPUT))
    await bot.posts("C0ASKIT", "x", blocks=[*WIDE_BLOCKS, BUTTON])
    await page.get_by_role("button", name="Solved").click()
    await page.get_by_role("dialog").wait_for()

    too_wide = await page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter(one => one.checkVisibility()
            && !one.closest('.table-frame, .visually-hidden')
            && one.getBoundingClientRect().right > innerWidth + 1)
            .map(one => one.outerHTML.slice(0, 120))"""
    )

    assert [] == too_wide


WIDE_BLOCKS = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 200}},
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "Choose"},
        "accessory": {
            "type": "static_select",
            "action_id": "language",
            "placeholder": plain("Choose a language for everything you read"),
            "options": [{"text": plain("English"), "value": "en"}],
        },
    },
    {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": f"column {n} with words"} for n in range(8)]] * 2,
    },
]


async def with_everything(page: Page, bot: Bot) -> None:
    ts = await bot.posts("C0ASKIT", "Answer", blocks=[*WIDE_BLOCKS, BUTTON])
    await bot.posts("C0ASKIT", "In the thread", thread_ts=ts, blocks=[BUTTON])
    await bot.web.reactions_add(channel="C0ASKIT", timestamp=ts, name="eyes")
    await bot.web.chat_postEphemeral(channel="C0ASKIT", user="U0ALICE", text="Hint for you")
    await page.get_by_role("button", name="1 reply").click()
    await page.locator("#thread .scroller").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_channel_thread_inspector_and_menu(
    visit: Visit, bot: Bot, scheme: str
) -> None:
    page = await visit("alice", color_scheme=scheme)
    await with_everything(page, bot)
    await page.get_by_role("button", name="Inspector").click()
    await say(page, "and a word")
    last = page.locator("#main .message", has_text="and a word")
    await last.hover()

    assert [] == await violations(page)
    await last.get_by_role("button", name="More actions").click()
    assert [] == await violations(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_a_form_with_errors(visit: Visit, bot: Bot, scheme: str) -> None:
    page = await visit("alice", color_scheme=scheme)
    await opens_form_on_press(bot, modal("Ask", NAME_INPUT, *FORM_BLOCKS))
    await bot.posts("C0ASKIT", "No match", blocks=[BUTTON])
    await page.get_by_role("button", name="Solved").click()
    await page.get_by_role("dialog").get_by_role("button", name="Send").click()
    await page.locator(".input-error:visible").first.wait_for()

    assert [] == await violations(page)


def input_block(name: str, element: dict[str, object]) -> dict[str, object]:
    return {
        "type": "input",
        "block_id": name,
        "label": plain(name),
        "hint": plain(f"about {name}"),
        "element": {"action_id": "answer", **element},
    }


CHOICES = [{"text": plain("One"), "value": "1"}, {"text": plain("Two"), "value": "2"}]
FORM_BLOCKS = [
    input_block("select", {"type": "static_select", "options": CHOICES}),
    input_block("several", {"type": "multi_static_select", "options": CHOICES}),
    input_block("boxes", {"type": "checkboxes", "options": CHOICES}),
    input_block("radios", {"type": "radio_buttons", "options": CHOICES}),
    input_block("day", {"type": "datepicker"}),
    input_block("hour", {"type": "timepicker"}),
    input_block("moment", {"type": "datetimepicker"}),
    input_block("who", {"type": "users_select"}),
    input_block("where", {"type": "conversations_select"}),
    input_block("words", {"type": "plain_text_input", "multiline": True}),
    input_block("mail", {"type": "email_text_input"}),
    input_block("count", {"type": "number_input", "is_decimal_allowed": False}),
]


async def test_axe_finds_nothing_on_a_phone_or_in_home_and_the_first_visit(
    visit: Visit, bot: Bot
) -> None:
    async def publish(payload: Payload) -> Payload | None:
        view = {"type": "home", "blocks": [{"type": "header", "text": plain("Hi")}, *FORM_BLOCKS]}
        await bot.web.views_publish(user_id=payload["event"]["user"], view=view)
        return None

    bot.on("app_home_opened", publish)
    first = await visit.open("", things=True)
    await first.locator(".things").wait_for()
    assert [] == await violations(first)

    home = await visit.open("#as=U0MEI&view=home")
    await home.get_by_role("heading", name="Hi").wait_for()
    assert [] == await violations(home)

    phone = await visit("bram", viewport=PHONE)
    await phone.get_by_role("button", name="Terug").click()
    await expect(phone.locator("#sidebar")).to_be_visible()
    assert [] == await violations(phone)
