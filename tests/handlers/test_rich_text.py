"""Markdown of articles becomes rich text, and plain words that say the same."""

from pathlib import Path

import pytest

from handlers.rich_text import as_plain_text, from_markdown
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
