"""What a person said is found where others quote it, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.quoting import Wording

NOTE = "(gone)"
SAID = Wording(("the purple walrus wobbles on my screen?", "vpn?", "我的手機出現紫色海象怎麼辦？"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("> the purple walrus wobbles on my screen?\nSolved", "> (gone)\nSolved"),
        ("She says: the PURPLE  walrus\nwobbles. Checked.", "She says: (gone) Checked."),
        ("purple walrus wobbles", "purple walrus wobbles"),
        ("- the purple walrus wobbles on my scr…", "- (gone)"),
        ("the purple &lt;walrus wobbles&gt; I see", "(gone)&gt; I see"),
        ("> vpn?", "> (gone)"),
        ("the vpn is down", "the vpn is down"),
        ("客人說我的手機出現紫色海象", "客人說(gone)"),
        ("出現紫色海", "出現紫色海"),
        ("", ""),
    ],
)
def test_a_quotation_of_four_words_is_taken_out(text: str, expected: str) -> None:
    assert expected == SAID.without(text, NOTE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the purple walrus wobbles on my screen!", "(gone)"),
        ("the purple walrus wobbles on my desk", "the purple walrus wobbles on my desk"),
        ("the purple walrus wobbles on…", "(gone)"),
        ("vpn", "(gone)"),
    ],
)
def test_where_others_may_say_the_same_only_the_whole_is_taken_out(
    text: str, expected: str
) -> None:
    assert expected == SAID.without_whole(text, NOTE)


def test_mentions_and_links_of_slack_stay_whole() -> None:
    said = Wording(("ask U123 about the walrus please",))

    assert "<@U123> says (gone)" == said.without(
        "<@U123> says ask U123 about the walrus please", NOTE
    )


def test_without_any_words_nothing_is_taken_out() -> None:
    assert "anything at all, said here" == Wording(()).without("anything at all, said here", NOTE)


@given(st.text(min_size=1), st.text(), st.text())
def test_a_second_time_changes_nothing(phrase: str, before: str, after: str) -> None:
    wording = Wording((phrase,))
    once = wording.without(f"{before} {phrase} {after}", "•")

    assert once == wording.without(once, "•")
