"""What the page makes of Slack's texts and blocks, and its own words."""

import json
import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from sandbox.server import Sandbox
from tests.browser.stage import Bot, Visit, violations
from tests.browser.test_keyboard_and_phone import CHOICES, FORM_BLOCKS
from tests.browser.test_the_page import BUTTON, SOLVED, modal, opens_form_on_press, plain

pytestmark = pytest.mark.asyncio(loop_scope="session")

# What is written, and the HTML it becomes (without classes and titles).
MRKDWN = [
    ("*bold* _italic_ ~gone~", "<strong>bold</strong> <em>italic</em> <s>gone</s>"),
    ("*bold _both_*", "<strong>bold <em>both</em></strong>"),
    ("2*3*4 a_b_c", "2*3*4 a_b_c"),
    ("中文*粗*中文", "中文*粗*中文"),
    ("中文 *粗* 中文", "中文 <strong>粗</strong> 中文"),
    ("（*粗*）", "（<strong>粗</strong>）"),
    ("* not bold* *nor this *", "* not bold* *nor this *"),
    ("*one\ntwo*", "*one<br>two*"),
    ("a `*code* &lt;b&gt;` z", "a <code>*code* &lt;b&gt;</code> z"),
    ("```a\n  *b*```", "<pre>a\n  *b*</pre>"),
    ("text\n```\ncode\n```\nmore", "text<pre>code</pre>more"),
    ("&gt; quoted\nplain", "<blockquote>quoted</blockquote>plain"),
    ("> one\n> two", "<blockquote>one<br>two</blockquote>"),
    (">>> all\nof this", "<blockquote>all<br>of this</blockquote>"),
    ("&amp;lt; &lt;script&gt;", "&amp;lt; &lt;script&gt;"),
    (
        "<https://example.com/a?b=1&amp;c=2|here>",
        '<a href="https://example.com/a?b=1&amp;c=2">here</a>',
    ),
    ("<https://example.com>", '<a href="https://example.com">https://example.com</a>'),
    (
        "see https://example.com/x_y_z.",
        'see <a href="https://example.com/x_y_z">https://example.com/x_y_z</a>.',
    ),
    ("<mailto:it@x.example|mail us>", '<a href="mailto:it@x.example">mail us</a>'),
    ("<javascript:alert(1)|press>", "press (javascript:alert(1))"),
    ("<@U0BRAM> and <@U0NOBODY|guest>", "<span>@Bram Bakker</span> and <span>@guest</span>"),
    ("<!here> <!subteam^S0TIER1>", "<span>@here</span> <span>@tier1</span>"),
    ("*<@U0BRAM>*", "<strong><span>@Bram Bakker</span></strong>"),
    (":white_check_mark: :nosuchthing: 12:30:45", "<span>✅</span> :nosuchthing: 12:30:45"),
    ("<!date^1700000000^{date_num} {time}|later>", "<time>2023-11-14 10:13 PM</time>"),
    ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
    ("<not a link>", "&lt;not a link&gt;"),
    ("*", "*"),
    ("<", "&lt;"),
    ("`", "`"),
    ("_*", "_*"),
    ("", ""),
]

DRAWN = """
async texts => {
  const {mrkdwn} = await import('/page/mrkdwn.js');
  return texts.map(text => {
    const holder = document.createElement('div');
    holder.append(mrkdwn(text));
    for (const one of holder.querySelectorAll('*'))
      for (const name of one.getAttributeNames()) if (name !== 'href') one.removeAttribute(name);
    return holder.innerHTML;
  });
}
"""


async def test_mrkdwn_is_drawn_as_slack_draws_it(visit: Visit) -> None:
    page = await visit("alice")

    drawn = await page.evaluate(DRAWN, [text for text, _ in MRKDWN])

    # Intl writes a narrow no-break space before AM and PM.
    assert [html for _, html in MRKDWN] == [html.replace("\u202f", " ") for html in drawn]


async def test_parsing_an_unlucky_text_stays_quick(visit: Visit) -> None:
    page = await visit("alice")

    lengths = await page.evaluate(
        """async () => {
          const {parse} = await import('/page/mrkdwn.js');
          return ['*a ', '<', '`', '_*~', '&gt;', '```', ':a'].map(
            piece => parse(piece.repeat(40000 / piece.length)).length);
        }"""
    )

    assert all(lengths)


LANGUAGES = {"alice": "en", "bram": "nl", "sven": "sv", "mei": "zh-Hant"}


async def test_dates_are_told_in_the_persons_zone_and_language(visit: Visit) -> None:
    text = "<!date^1700000000^{date_long} {time}|later>"
    expected = {
        "bram": "dinsdag 14 november 2023 23:13",
        "alice": "Tuesday, November 14, 2023 10:13 PM",
        "sven": "tisdag 14 november 2023 23:13",
        "mei": "2023年11月15日星期三 上午6:13",
    }

    told = {}
    page = await visit("ada")
    for name in expected:
        await page.locator("#act-as").select_option(f"U0{name.upper()}")
        await page.wait_for_url(f"**#as=U0{name.upper()}&**")
        await expect(page.locator("html")).to_have_attribute("lang", LANGUAGES[name])
        [html] = await page.evaluate(DRAWN, [text])
        told[name] = re.sub(r"<[^>]+>", "", html).replace("\u202f", " ")

    assert expected == told


def text_of(words: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": words, **({"style": style} if style else {})}


RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                text_of("plain "),
                text_of("bold", bold=True),
                text_of(" both", bold=True, italic=True),
                text_of("code", code=True),
                {"type": "user", "user_id": "U0ALICE"},
                {"type": "channel", "channel_id": "C0GENERAL"},
                {"type": "emoji", "name": "tada", "unicode": "1f389"},
                {"type": "link", "url": "https://example.com", "text": "link"},
                {"type": "broadcast", "range": "here"},
                {
                    "type": "date",
                    "timestamp": 1700000000,
                    "format": "{date_num}",
                    "fallback": "then",
                },
                {"type": "color", "value": "#0b6b57"},
            ],
        },
        {
            "type": "rich_text_list",
            "style": "ordered",
            "indent": 0,
            "elements": [{"type": "rich_text_section", "elements": [text_of("first")]}],
        },
        {
            "type": "rich_text_list",
            "style": "bullet",
            "indent": 1,
            "elements": [{"type": "rich_text_section", "elements": [text_of("under it")]}],
        },
        {"type": "rich_text_quote", "elements": [text_of("*literally*")]},
        {"type": "rich_text_preformatted", "elements": [text_of("dsregcmd /status")]},
    ],
}
OVERFLOW = {"type": "overflow", "action_id": "more", "options": CHOICES}
MESSAGE_BLOCKS = [
    {"type": "header", "text": plain("Enroll your iPhone :iphone:")},
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "*Company Portal*\n1. Open it"},
        "accessory": OVERFLOW,
    },
    {
        "type": "section",
        "fields": [{"type": "mrkdwn", "text": f"*Field {n}*\nvalue"} for n in range(4)],
    },
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "Who else?"},
        "accessory": {"type": "multi_users_select", "action_id": "m"},
    },
    {"type": "divider"},
    RICH,
    {
        "type": "context",
        "elements": [
            {"type": "mrkdwn", "text": "Source: <https://example.com|guide>"},
            {"type": "image", "image_url": "https://example.com/i.png", "alt_text": "logo"},
        ],
    },
    {"type": "image", "image_url": "https://example.com/p.png", "alt_text": "The sign-in screen"},
    {
        "type": "actions",
        "elements": [
            SOLVED,
            {
                "type": "button",
                "action_id": "no",
                "style": "danger",
                "text": plain("Withdraw"),
            },
            {"type": "button", "action_id": "plain", "text": plain("Not my question")},
            {"type": "static_select", "action_id": "s", "options": CHOICES},
            {"type": "datepicker", "action_id": "d"},
            {"type": "timepicker", "action_id": "t"},
            {"type": "radio_buttons", "action_id": "r", "options": CHOICES},
            {"type": "checkboxes", "action_id": "c", "options": CHOICES},
        ],
    },
    {
        "type": "table",
        "rows": [
            [{"type": "raw_text", "text": "Wave"}, {"type": "raw_text", "text": "Start"}],
            [{"type": "raw_text", "text": "Sales"}, {"type": "raw_text", "text": "1 Dec"}],
        ],
    },
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "f",
                "positive_button": {"text": plain("Good"), "value": "good"},
                "negative_button": {"text": plain("Bad"), "value": "bad"},
            }
        ],
    },
]
MARKDOWN = """# Title
Some **bold**, *italic*, ~~gone~~ and `code` with [a link](https://example.com).

- one
  - nested
- [x] done

1. first
2. second

> quoted

| A | B |
|---|---|
| 1 | 2 |

```
raw **text**
```"""


async def test_every_block_of_a_message_is_drawn(visit: Visit, bot: Bot) -> None:
    page = await visit("alice")

    await bot.posts("C0ASKIT", "All blocks", blocks=MESSAGE_BLOCKS)
    await bot.posts("C0ASKIT", "Markdown", blocks=[{"type": "markdown", "text": MARKDOWN}])

    await expect(page.locator("#main .message")).to_have_count(2)
    await expect(page.locator("#main .unknown")).to_have_count(0)
    rich = page.locator(".rich-text")
    await expect(rich.locator("blockquote")).to_have_text("*literally*")
    await expect(rich.locator("strong em, em strong")).to_have_text(" both")
    await expect(rich.locator("ul li")).to_have_text("under it")
    await expect(page.locator(".block-image")).to_contain_text("The sign-in screen")
    await expect(page.locator(".markdown td")).to_have_text(["1", "2"])
    await expect(page.locator(".markdown pre")).to_have_text("raw **text**")
    await expect(page.locator(".markdown li li")).to_have_text("nested")


async def test_choices_made_in_a_message_reach_the_bot(visit: Visit, bot: Bot) -> None:
    page = await visit("alice")
    await bot.posts("C0ASKIT", "All blocks", blocks=MESSAGE_BLOCKS)

    async def action() -> Any:
        return (await bot.next("block_actions"))["actions"][0]

    await page.locator("[data-action=s]").select_option("2")
    assert "2" == (await action())["selected_option"]["value"]
    await page.locator("[data-action=more]").click()
    await page.get_by_role("menuitem", name="Two").click()
    assert "2" == (await action())["selected_option"]["value"]
    await page.locator("[data-action=c]").first.check()
    assert ["1"] == [one["value"] for one in (await action())["selected_options"]]
    await page.locator("[data-action=r]").last.check()
    assert "2" == (await action())["selected_option"]["value"]
    await page.locator("[data-action=d]").fill("2026-12-01")
    assert "2026-12-01" == (await action())["selected_date"]
    await page.locator("[data-action=m]").click()
    await page.get_by_role("checkbox", name="Bram Bakker").check()
    await page.keyboard.press("Escape")
    assert ["U0BRAM"] == (await action())["selected_users"]
    await page.get_by_role("button", name="Good").click()
    assert "good" == (await action())["value"]


async def test_every_input_of_a_form_reaches_the_bot(
    visit: Visit, bot: Bot, sandbox: Sandbox
) -> None:
    page = await home_with(visit, bot, FORM_BLOCKS)

    await expect(page.locator("#main .unknown")).to_have_count(0)
    await expect(page.locator("#main .block-input")).to_have_count(len(FORM_BLOCKS))


DEVICES = {
    "type": "input",
    "block_id": "list",
    "label": plain("The list of devices"),
    "element": {
        "type": "file_input",
        "action_id": "file",
        "filetypes": ["csv"],
        "max_files": 1,
    },
}


async def test_a_chosen_file_is_named_taken_away_and_sent(visit: Visit, bot: Bot) -> None:
    page = await visit("alice")
    await opens_form_on_press(bot, modal("Upload", DEVICES))
    await bot.posts("C0ASKIT", "Upload?", blocks=[BUTTON])
    await page.get_by_role("button", name="Solved").click()
    dialog = page.get_by_role("dialog", name="Upload")
    opener = dialog.get_by_role("button", name="The list of devices Choose a file")
    chosen = dialog.get_by_role("listitem")

    async def chooses(name: str) -> None:
        async with page.expect_file_chooser() as choosing:
            await opener.press("Enter")
        chooser = await choosing.value
        await chooser.set_files({"name": name, "mimeType": "text/csv", "buffer": b"upn,os"})

    await expect(opener).to_be_focused()
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog.locator(".input-error")).to_have_text("Please fill this in.")
    await chooses("devices.png")
    await expect(dialog.get_by_role("alert")).to_contain_text("only files of type csv fit here")
    await dialog.get_by_role("alert").get_by_role("button", name="Close").click()
    await expect(chosen).to_have_count(0)
    await chooses("first.csv")
    await expect(chosen).to_contain_text("first.csv")
    await chooses("devices.csv")
    await expect(chosen).to_contain_text("devices.csv")
    await dialog.get_by_role("button", name="Remove devices.csv").press("Enter")
    await expect(chosen).to_have_count(0)
    await expect(opener).to_be_focused()
    await chooses("devices.csv")
    await expect(chosen).to_contain_text("devices.csv")
    assert [] == await violations(page)
    await dialog.get_by_role("button", name="Send").click()

    sent = (await bot.next("view_submission"))["view"]["state"]["values"]["list"]["file"]
    assert "file_input" == sent["type"]
    assert [("devices.csv", 6)] == [(one["name"], one["size"]) for one in sent["files"]]
    await expect(dialog).to_have_count(0)


async def home_with(visit: Visit, bot: Bot, blocks: list[dict[str, Any]]) -> Page:
    await bot.web.views_publish(user_id="U0ALICE", view={"type": "home", "blocks": blocks})
    page = await visit.open("#as=U0ALICE&view=home")
    await page.locator(".home-blocks").wait_for()
    return page


async def test_the_catalogues_hold_the_same_keys_placeholders_and_no_markup(visit: Visit) -> None:
    page = await visit("alice")

    catalogues = await page.evaluate("async () => (await import('/page/words.js')).CATALOGUES")

    def places(entry: Any) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", json.dumps(entry)))

    english = {key: places(entry) for key, entry in catalogues["en"].items()}
    assert {"en", "nl", "sv", "zh-Hant"} == set(catalogues)
    for words in catalogues.values():
        assert english == {key: places(entry) for key, entry in words.items()}
        assert not [entry for entry in words.values() if re.search(r"[<>]|^$", json.dumps(entry))]
