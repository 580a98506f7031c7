"""Markdown of articles becomes rich text, and plain words that say the same."""

from pathlib import Path

import pytest

from handlers.rich_text import as_plain_text, from_markdown, live
from knowledge.loading import company_file_for, load_library

FAQ = Path(__file__).parents[2] / "knowledge" / "faq"


def test_a_numbered_list_becomes_an_ordered_list() -> None:
    (steps,) = from_markdown("1. Open **Settings**\n2. Press it")

    assert "ordered" == steps["style"]
    assert {"bold": True} == steps["elements"][0]["elements"][1]["style"]
    assert 2 == len(steps["elements"])


def test_numbers_go_on_after_a_nested_list() -> None:
    first, inner, second = from_markdown("1. One\n   - a\n2. Two")

    assert (None, 1, None) == tuple(one.get("indent") for one in (first, inner, second))
    assert 1 == second["offset"]


def test_a_link_keeps_its_address_and_words() -> None:
    (paragraph,) = from_markdown("See [the guide](https://learn.example/a).")

    link = paragraph["elements"][1]
    assert ("https://learn.example/a", "the guide") == (link["url"], link["text"])


def test_plain_words_show_the_address_of_a_link() -> None:
    assert "See the guide (https://learn.example/a)." == as_plain_text(
        "See [the guide](https://learn.example/a)."
    )


def test_plain_words_keep_numbers_and_bullets() -> None:
    assert "Do:\n1. this\n2. that\n- or not" == as_plain_text("Do:\n\n1. this\n2. that\n\n- or not")


@pytest.mark.parametrize("mark", ["**", "__", "](", "```", "## "])
def test_no_article_shows_markdown_that_was_not_understood(mark: str) -> None:
    for article in load_library(FAQ, company_file_for(FAQ)).articles:
        assert mark not in as_plain_text(article.body), f"{article.language}/{article.id}"


@pytest.mark.parametrize("text", ["-", "- a\n-\n- b", "1.\n2. x", "#", "---"])
def test_what_is_left_empty_is_shown_all_the_same(text: str) -> None:
    as_plain_text(text)

    assert all(element["elements"] for element in from_markdown(text))


def test_what_is_live_stays_live_and_the_rest_is_said_as_it_is_written() -> None:
    text = (
        "<@U0TIA> &lt;@U0TIA&gt; *stars* since <!date^1700000000^{date_short} {time}|10:13 UTC>"
        " in <#C0ASKIT>, <https://it.example/a?b=1&amp;c=2|the call>\n&gt; `code`"
    )

    assert [
        {"type": "user", "user_id": "U0TIA"},
        {"type": "text", "text": " <@U0TIA> *stars* since "},
        {
            "type": "date",
            "timestamp": 1700000000,
            "format": "{date_short} {time}",
            "fallback": "10:13 UTC",
        },
        {"type": "text", "text": " in "},
        {"type": "channel", "channel_id": "C0ASKIT"},
        {"type": "text", "text": ", "},
        {"type": "link", "url": "https://it.example/a?b=1&c=2", "text": "the call"},
        {"type": "text", "text": "\n> `code`"},
    ] == live(text)["elements"]


def test_what_pings_many_and_what_was_cut_in_two_is_only_text() -> None:
    assert [{"type": "text", "text": "<!here> <@U0T"}] == live("<!here> <@U0T")["elements"]


def test_nothing_is_still_something_that_slack_takes() -> None:
    assert [{"type": "text", "text": " "}] == live("")["elements"]
