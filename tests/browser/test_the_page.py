"""A person in the browser, a bot on the stock client, the workspace between them."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from sandbox.server import Sandbox
from tests.browser.stage import COMPOSER, THREAD_COMPOSER, Bot, Payload, Visit, say

pytestmark = pytest.mark.asyncio(loop_scope="session")

SOLVED = {
    "type": "button",
    "action_id": "solved",
    "style": "primary",
    "text": {"type": "plain_text", "text": "Solved"},
    "value": "a1",
}
BUTTON = {"type": "actions", "block_id": "outcome", "elements": [SOLVED]}
NAME_INPUT = {
    "type": "input",
    "block_id": "device",
    "label": {"type": "plain_text", "text": "Device name"},
    "element": {"type": "plain_text_input", "action_id": "name"},
}


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def modal(title: str, *blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": plain(title),
        "submit": plain("Send"),
        "close": plain("Cancel"),
        "blocks": list(blocks),
        **more,
    }


async def opens_form_on_press(bot: Bot, view: dict[str, Any]) -> None:
    async def press(payload: Payload) -> Payload | None:
        await bot.web.views_open(trigger_id=payload["trigger_id"], view=view)
        return None

    bot.on("block_actions", press)


async def test_what_alice_says_appears_and_reaches_the_bot(visit: Visit, bot: Bot) -> None:
    page = await visit("alice")

    await say(page, "how do I enroll my *iPhone*? 1 < 2 & <b>no</b>")
    event = (await bot.next("message"))["event"]

    message = page.locator("#main .message-content").last
    await expect(message).to_have_text("how do I enroll my iPhone? 1 < 2 & <b>no</b>")
    await expect(message.locator("strong")).to_have_text("iPhone")
    assert "how do I enroll my *iPhone*? 1 &lt; 2 &amp; &lt;b&gt;no&lt;/b&gt;" == event["text"]
    await expect(page.locator(COMPOSER)).to_have_value("")


async def test_shift_enter_breaks_the_line_and_a_composition_is_not_sent(visit: Visit) -> None:
    page = await visit("mei")
    box = page.locator(COMPOSER)

    await box.press_sequentially("一")
    await box.press("Shift+Enter")
    await box.press_sequentially("二")
    await box.evaluate(
        "box => box.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )

    await expect(box).to_have_value("一\n二")


async def test_a_press_reaches_the_bot_and_its_update_is_drawn(visit: Visit, bot: Bot) -> None:
    page = await visit("alice")
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "*Company Portal* first."}}
    ts = await bot.posts("C0ASKIT", "Company Portal first.", blocks=[section, BUTTON])

    await page.get_by_role("button", name="Solved").click()
    action = (await bot.next("block_actions"))["actions"][0]
    await bot.web.chat_update(channel="C0ASKIT", ts=ts, text="Glad it works.", blocks=[section])

    assert ("solved", "a1") == (action["action_id"], action["value"])
    await expect(page.get_by_role("button", name="Solved")).to_have_count(0)
    await expect(page.locator("#main .message-content strong")).to_have_text("Company Portal")


async def test_a_confirmation_is_asked_before_the_press(visit: Visit, bot: Bot) -> None:
    page = await visit("alice")
    confirm = {
        "title": plain("Close it?"),
        "text": plain("This cannot be undone."),
        "confirm": plain("Close"),
        "deny": plain("Keep"),
    }
    button = {**SOLVED, "confirm": confirm}
    await bot.posts("C0ASKIT", "A question", blocks=[{"type": "actions", "elements": [button]}])

    await page.get_by_role("button", name="Solved").click()
    await page.get_by_role("dialog", name="Close it?").get_by_role("button", name="Keep").click()
    await page.get_by_role("button", name="Solved").click()
    await page.get_by_role("dialog", name="Close it?").get_by_role("button", name="Close").click()
    pressed = await bot.next("block_actions")

    assert "solved" == pressed["actions"][0]["action_id"]
    await expect(page.get_by_role("button", name="Solved")).to_be_focused()


async def test_a_form_shows_the_bots_errors_beside_the_inputs_until_it_is_right(
    visit: Visit, bot: Bot
) -> None:
    page = await visit("alice")
    await opens_form_on_press(bot, modal("Ask the helpdesk", NAME_INPUT))
    await bot.posts("C0ASKIT", "No match", blocks=[BUTTON])

    async def judge(payload: Payload) -> Payload | None:
        name = payload["view"]["state"]["values"]["device"]["name"]["value"]
        if name == "LT-1":
            return None
        return {"response_action": "errors", "errors": {"device": "Nobody knows that device."}}

    bot.on("view_submission", judge)
    await page.get_by_role("button", name="Solved").click()
    dialog = page.get_by_role("dialog", name="Ask the helpdesk")
    name = dialog.get_by_role("textbox", name="Device name")

    await expect(name).to_be_focused()
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog.locator(".input-error")).to_have_text("Please fill this in.")
    await name.fill("LT-9")
    await name.press("Enter")
    await expect(dialog.locator(".input-error")).to_have_text("Nobody knows that device.")
    await expect(name).to_have_value("LT-9")
    await expect(name).to_have_attribute("aria-invalid", "true")
    await name.fill("LT-1")
    await name.press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("button", name="Solved")).to_be_focused()


async def test_escape_closes_a_form_tab_stays_inside_and_the_focus_comes_back(
    visit: Visit, bot: Bot
) -> None:
    page = await visit("alice")
    await opens_form_on_press(bot, modal("Ask", NAME_INPUT, notify_on_close=True))
    await bot.posts("C0ASKIT", "No match", blocks=[BUTTON])
    await page.get_by_role("button", name="Solved").click()
    dialog = page.get_by_role("dialog", name="Ask")
    await dialog.wait_for()

    for _ in range(7):
        await page.keyboard.press("Tab")
        inside = (
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
        assert await page.evaluate(inside)
    await page.keyboard.press("Shift+Tab")
    await dialog.get_by_role("textbox").focus()
    await page.keyboard.press("Escape")
    closed = await bot.next("view_closed")

    assert "Ask" == closed["view"]["title"]["text"]
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("button", name="Solved")).to_be_focused()


async def test_a_pushed_form_goes_back_to_the_one_below_with_what_was_typed(
    visit: Visit, bot: Bot
) -> None:
    page = await visit("alice")
    more = {**BUTTON, "block_id": "more"}
    await opens_form_on_press(bot, modal("First", NAME_INPUT, more))
    await bot.posts("C0ASKIT", "No match", blocks=[BUTTON])
    await page.get_by_role("button", name="Solved").click()
    first = page.get_by_role("dialog", name="First")
    await first.get_by_role("textbox").fill("LT-5")

    async def push(payload: Payload) -> Payload | None:
        view = modal("Second", NAME_INPUT)
        await bot.web.views_push(trigger_id=payload["trigger_id"], view=view)
        return None

    bot.on("block_actions", push)
    await first.get_by_role("button", name="Solved").click()
    second = page.get_by_role("dialog", name="Second")

    await expect(second.get_by_text("Step 2")).to_be_visible()
    await second.get_by_role("button", name="Back").click()
    await expect(first.get_by_role("textbox")).to_have_value("LT-5")


async def test_an_update_of_a_form_keeps_what_was_typed_and_the_caret(
    visit: Visit, bot: Bot
) -> None:
    page = await visit("alice")
    await opens_form_on_press(bot, modal("Ask", NAME_INPUT))
    await bot.posts("C0ASKIT", "No match", blocks=[BUTTON])
    await page.get_by_role("button", name="Solved").click()
    view_id = await opened_view(page, bot)
    box = page.get_by_role("dialog").get_by_role("textbox", name="Device name")
    await box.fill("LT-77")
    await box.press("ArrowLeft")

    divider = {"type": "divider"}
    await bot.web.views_update(view_id=view_id, view=modal("Ask", divider, NAME_INPUT))

    await expect(page.get_by_role("dialog").locator("hr")).to_have_count(1)
    await expect(box).to_have_value("LT-77")
    await expect(box).to_be_focused()
    assert 4 == await box.evaluate("box => box.selectionStart")


async def opened_view(page: Page, bot: Bot) -> str:
    await page.get_by_role("dialog").wait_for()
    answer = await page.evaluate("fetch('/sandbox/views?as=U0ALICE').then(answer => answer.json())")
    return str(answer["views"][-1]["id"])


async def test_a_thread_opens_beside_and_its_summary_counts(visit: Visit, bot: Bot) -> None:
    page = await visit("alice")
    ts = await bot.posts("C0ASKIT", "Which platform?")
    await bot.posts("C0ASKIT", "iPhone or Android?", thread_ts=ts)

    await page.get_by_role("button", name="1 reply").click()
    await say(page, "iPhone", THREAD_COMPOSER)

    await expect(page.locator("#thread .message-content").last).to_have_text("iPhone")
    await expect(page.locator("#main .thread-link")).to_contain_text("2 replies")
    await expect(page.locator("#main .message")).to_have_count(1)


async def test_an_ephemeral_is_marked_and_others_do_not_get_it(visit: Visit, bot: Bot) -> None:
    alice = await visit("alice")
    bram = await visit("bram")

    await bot.web.chat_postEphemeral(channel="C0ASKIT", user="U0ALICE", text="Just for you.")
    await bot.posts("C0ASKIT", "For all.")

    await expect(alice.get_by_text("Only visible to you")).to_be_visible()
    await expect(bram.get_by_text("For all.", exact=True)).to_be_visible()
    await expect(bram.get_by_text("Just for you.")).to_have_count(0)


async def test_own_messages_are_edited_and_deleted_from_their_menu(visit: Visit) -> None:
    page = await visit("alice")
    await say(page, "my pixle does not enroll")
    await page.locator("#main .message").last.hover()

    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Edit message").click()
    await page.get_by_role("textbox", name="Edit message").fill("my pixel does not enroll")
    await page.keyboard.press("Enter")
    await expect(page.locator("#main .message-content")).to_have_text(
        "my pixel does not enroll (edited)"
    )
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Delete message").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()

    await expect(page.locator("#main .message")).to_have_count(0)


async def test_a_message_shortcut_carries_the_message(visit: Visit, bot: Bot) -> None:
    page = await visit("tia")
    await say(page, "somebody asked me this")
    await page.locator("#main .message").last.hover()

    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Ask Signpost").click()
    payload = await bot.next("message_action")

    assert ("ask_signpost", "somebody asked me this") == (
        payload["callback_id"],
        payload["message"]["text"],
    )


async def test_a_slash_offers_commands_and_enter_sends_them_to_the_bot(
    visit: Visit, bot: Bot
) -> None:
    page = await visit("alice")
    box = page.locator(COMPOSER)

    await box.press_sequentially("/sig")
    await expect(page.get_by_role("option", name="/signpost")).to_be_visible()
    await box.press("Tab")
    await box.press_sequentially("is my laptop next?")
    await box.press("Enter")
    payload = await bot.next("slash_commands")

    assert ("/signpost", "is my laptop next?") == (payload["command"], payload["text"])


async def test_an_at_sign_offers_people_and_becomes_a_mention(visit: Visit, bot: Bot) -> None:
    page = await visit("alice")
    box = page.locator(COMPOSER)

    await box.press_sequentially("hello @sign")
    await box.press("Enter")
    await box.press_sequentially("there")
    await box.press("Enter")

    event = (await bot.next("app_mention"))["event"]
    assert "hello <@U0SIGNPOST> there" == event["text"]
    await expect(page.locator("#main .mention")).to_have_text("@Signpost")


async def test_a_command_nobody_knows_is_refused_and_the_text_stays(visit: Visit) -> None:
    page = await visit("alice")

    await say(page, "/nosuch thing")

    await expect(page.get_by_role("alert")).to_contain_text("/nosuch is no command here")
    await expect(page.locator(COMPOSER)).to_have_value("/nosuch thing")


async def test_reactions_are_counted_and_taken_back(visit: Visit, bot: Bot) -> None:
    page = await visit("alice")
    ts = await bot.posts("C0ASKIT", "Enrolled?")

    await bot.web.reactions_add(channel="C0ASKIT", timestamp=ts, name="eyes")
    chip = page.locator("#main .reaction").first
    await expect(chip).to_contain_text("1")
    await chip.click()
    await expect(chip).to_contain_text("2")
    await expect(chip).to_have_attribute("aria-pressed", "true")
    await chip.click()

    await expect(chip).to_contain_text("1")


async def test_a_file_is_sent_with_a_message_and_shown(visit: Visit, bot: Bot) -> None:
    page = await visit("alice")
    await page.locator("#main input[type=file]").set_input_files(
        {"name": "log.txt", "mimeType": "text/plain", "buffer": b"0x80180014"}
    )

    await say(page, "what is this?")
    event = (await bot.next("message"))["event"]

    assert "log.txt" == event["files"][0]["name"]
    link = page.locator("#main .files a")
    await expect(link).to_contain_text("log.txt")
    address = await link.get_attribute("href")
    assert "0x80180014" == await page.evaluate(
        "address => fetch(address).then(answer => answer.text())", address
    )


async def test_unread_marks_come_in_other_channels_and_go_when_read(visit: Visit, bot: Bot) -> None:
    page = await visit("alice", "C0RANDOM")
    row = page.locator("#sidebar [data-channel=C0ASKIT]")

    await bot.posts("C0ASKIT", "one")
    await bot.posts("C0ASKIT", "two")
    await expect(row).to_contain_text("2 unread")
    await row.click()

    await expect(page.get_by_text("two")).to_be_visible()
    await expect(row).not_to_contain_text("unread")


async def test_home_shows_what_the_bot_published_and_sends_presses(visit: Visit, bot: Bot) -> None:
    async def publish(payload: Payload) -> Payload | None:
        view = {"type": "home", "blocks": [{"type": "header", "text": plain("Hello")}, BUTTON]}
        await bot.web.views_publish(user_id=payload["event"]["user"], view=view)
        return None

    bot.on("app_home_opened", publish)
    page = await visit("alice")

    await page.locator("#sidebar .row", has_text="Signpost").click()
    await expect(page.get_by_role("heading", name="Hello")).to_be_visible()
    await page.get_by_role("button", name="Solved").click()
    pressed = await bot.next("block_actions")
    await page.get_by_role("button", name="Messages", exact=True).click()

    assert "home" == pressed["view"]["type"]
    await expect(page.locator(COMPOSER)).to_be_visible()


async def test_a_reload_keeps_person_channel_and_thread(visit: Visit, bot: Bot) -> None:
    page = await visit("bram", "C0SALES")
    await say(page, "hallo")
    await page.locator("#main .message").last.hover()
    await page.get_by_role("button", name="Antwoorden in thread").click()
    await page.locator(THREAD_COMPOSER).wait_for()

    await page.reload()

    await expect(page.locator("#act-as")).to_have_value("U0BRAM")
    await expect(page.locator("#main h2")).to_have_text("#sales")
    await expect(page.locator("#thread .message-content")).to_have_text("hallo")


async def test_a_permalink_of_slack_leads_to_its_message(
    visit: Visit, bot: Bot, sandbox: Sandbox
) -> None:
    ts = await bot.posts("C0GENERAL", "Wave 1 starts on Monday.")
    link = await bot.web.chat_getPermalink(channel="C0GENERAL", message_ts=ts)
    page = await visit("bram")

    await bot.posts("C0ASKIT", f"See <{link['permalink']}|the announcement>.")
    await page.get_by_role("link", name="the announcement").click()
    await expect(page.locator("#main .marked")).to_contain_text("Wave 1 starts on Monday.")
    await page.goto(str(link["permalink"]))

    await expect(page.locator("#main .marked")).to_contain_text("Wave 1 starts on Monday.")
    await expect(page.locator("#act-as")).to_have_value("U0BRAM")


async def test_a_long_channel_is_read_back_page_by_page(visit: Visit, sandbox: Sandbox) -> None:
    alice = sandbox.person("alice")
    for number in range(450):
        await alice.says("#ask-it", f"message {number}")
    page = await visit("alice")

    await expect(page.locator("#main .message")).to_have_count(200)
    await page.get_by_role("button", name="Show earlier messages").click()
    await expect(page.locator("#main .message")).to_have_count(400)
    await page.get_by_role("button", name="Show earlier messages").click()

    await expect(page.locator("#main .message")).to_have_count(450)
    await expect(page.get_by_role("button", name="Show earlier messages")).to_have_count(0)
    await expect(page.locator("#main .message-content").first).to_have_text("message 0")


async def test_a_bot_that_does_not_answer_a_press_is_told_to_the_person(visit: Visit) -> None:
    page = await visit("alice")

    await say(page, "/signpost anybody there?")

    await expect(page.get_by_role("alert")).to_contain_text("signpost")


async def test_acting_as_somebody_else_changes_words_dates_and_what_is_seen(
    visit: Visit, sandbox: Sandbox
) -> None:
    page = await visit("alice")
    await expect(page.locator("#sidebar")).not_to_contain_text("tier-1")

    await page.locator("#act-as").select_option("U0MEI")
    await expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")
    await expect(page.locator("#sidebar")).to_contain_text("頻道")
    await page.locator("#act-as").select_option("U0TIA")

    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.locator("#sidebar [data-channel=C0TIER1]")).to_contain_text("private")


async def test_a_channel_is_joined_left_and_archived_from_the_page(visit: Visit) -> None:
    page = await visit("alice", "C0RETAIL")

    await page.get_by_role("button", name="Join channel").click()
    await expect(page.locator(COMPOSER)).to_be_visible()
    await page.get_by_role("button", name="Channel actions").click()
    await page.get_by_role("menuitem", name="Archive channel").click()
    await page.get_by_role("dialog").get_by_role("button", name="Archive").click()

    await expect(page.get_by_text("This channel is archived.")).to_be_visible()


async def test_the_inspector_lists_traffic_and_turns_the_clock(visit: Visit, bot: Bot) -> None:
    page = await visit("alice")
    await page.get_by_role("button", name="Inspector").click()

    await bot.posts("C0ASKIT", "seen by the inspector")
    await expect(page.locator(".traffic")).to_contain_text("chat.postMessage")
    await page.get_by_role("button", name="Pause").click()

    await expect(page.locator("#inspector .now")).to_contain_text("paused")


async def test_a_fault_set_in_the_inspector_strikes_and_can_be_cleared(
    visit: Visit, bot: Bot
) -> None:
    page = await visit("alice")
    await page.get_by_role("button", name="Inspector").click()
    await page.get_by_label("Kind of fault").select_option("duplicate")
    await page.get_by_label("Where").select_option("event")

    await page.get_by_role("button", name="Add fault").click()
    await expect(page.locator(".rules")).to_contain_text("duplicate · event")
    await page.get_by_role("button", name="Clear all").click()

    await expect(page.locator(".rules")).to_have_count(0)


async def test_a_thing_to_try_acts_as_its_person_and_writes_the_question(visit: Visit) -> None:
    page = await visit.open("", things=True)

    await page.get_by_role("button", name="Ask in Dutch").click()

    await expect(page.locator("#act-as")).to_have_value("U0BRAM")
    await expect(page.locator(COMPOSER)).to_have_value("hoe meld ik mijn Android-telefoon aan?")
    await page.get_by_role("button", name="Deze lijst verbergen").click()
    await expect(page.locator(".things")).to_have_count(0)


async def test_another_name_and_picture_are_shown_as_the_apps(
    visit: Visit, bot: Bot, sandbox: Sandbox
) -> None:
    sandbox.set_scopes("chat:write", "chat:write.customize", "channels:read")
    page = await visit("alice")

    await bot.posts("C0ASKIT", "From the app itself.")
    await bot.posts("C0ASKIT", "Wave 1 starts.", username="Ada Ashby", icon_emoji=":wave:")

    message = page.locator("#main .message").last
    await expect(message.locator(".author")).to_have_text("Ada Ashby")
    await expect(message.locator(".avatar-emoji")).to_have_text("👋")
    await expect(message).to_contain_text("App")
