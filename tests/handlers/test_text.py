"""Text from people is readable for the matcher and harmless where it is shown again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.text import escaped, has_words, plain, question_text, shortened


@pytest.mark.parametrize(
    ("shown", "sent"),
    [
        ("@channel please look", "<!channel> please look"),
        ("@here", "<!here|here>"),
        ("@everyone", "<!everyone>"),
        ("@helpdesk", "<!subteam^S123|@helpdesk>"),
        ("@S123", "<!subteam^S123>"),
        ("@U1 said so", "<@U1> said so"),
        ("#general", "<#C1|general>"),
        ("https://evil.example", "<https://evil.example|https://bank.example>"),
        ("20 Nov", "<!date^1700000000^{date}|20 Nov>"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("txt.exe", "\u202etxt.exe\u202c"),
        ("ab", "a\x00\x07b"),
    ],
)
def test_control_sequences_become_plain_words(shown: str, sent: str) -> None:
    assert shown == plain(sent)


def test_the_mention_of_the_bot_is_not_part_of_the_question() -> None:
    assert "how do I enroll?" == question_text("<@UBOT> how do I enroll?", "UBOT")


def test_a_joined_emoji_keeps_its_joiner() -> None:
    assert "👩\u200d💻" == plain("👩\u200d💻")


@pytest.mark.parametrize("text", ["", "   ", ":tada: :+1:", "🎉🎉", "?!", "\u200b"])
def test_no_words_in(text: str) -> None:
    assert not has_words(text)


@pytest.mark.parametrize("text", ["a", "7", "怎麼註冊", ":tada: help"])
def test_words_in(text: str) -> None:
    assert has_words(text)


def test_a_question_of_3000_characters_is_kept_and_a_longer_one_is_cut() -> None:
    assert "x" * 3_000 == question_text("x" * 3_000, "UBOT")
    assert "x" * 2_999 + "…" == question_text("x" * 3_001, "UBOT")


def test_40000_characters_are_cut_on_a_word() -> None:
    cut = question_text("laptop " * 6_000, "UBOT")

    assert len(cut) <= 3_000
    assert cut.endswith("laptop…")


@given(st.text(), st.integers(min_value=4, max_value=50))
def test_shortened_text_never_exceeds_its_limit(text: str, most: int) -> None:
    assert most >= len(shortened(text, most))


@given(st.text())
def test_plain_text_holds_no_live_control_sequence(text: str) -> None:
    shown = escaped(plain(text))

    assert "<" not in shown
    assert ">" not in shown
