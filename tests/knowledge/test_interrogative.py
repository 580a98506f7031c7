"""What reads as a question in a channel where people also talk to each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.interrogative import reads_as_question


@pytest.mark.parametrize(
    "text",
    [
        "wifi password?",
        "how do I add my work mail to a new phone",
        "hi all, can someone tell me where to find the portal",
        "just got a new laptop and how long does this take",
        "my phone keeps asking for a pin",
        "outlook won't open since yesterday",
        "0x80180014",
        "hoe krijg ik mijn telefoon klaar",
        "goedemorgen, weet iemand waar ik de app vind",
        "inloggen lukt niet op mijn laptop",
        "foutmelding bij het registreren",
        "hej, hur lång tid tar det",
        "företagsportalen säger fel 0x80180099 vad gör jag",
        "kommer inte in på mejlen",
        "vet någon när det är vår tur",
        "手機一直叫我設定密碼怎麼辦",
        "請問什麼時候輪到我們部門",
        "公司入口網站打不開",
        "我的平板也要註冊嗎",
    ],
)
def test_questions_without_a_question_mark_and_reports_of_trouble_ask_something(text: str) -> None:
    assert reads_as_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "lunch is at twelve today, see you there",
        "thanks, it works now",
        "what a great day",
        "no problem, see you tomorrow",
        "done on my iPhone in ten minutes",
        "ik ben klaar, duurde maar tien minuten",
        "wat een mooi weer",
        "bedankt voor de hulp allemaal",
        "klart, allt gick bra",
        "vi ses på mötet klockan tre",
        "我已經註冊好了",
        "謝謝大家，今天下午開會",
        "沒什麼，謝謝",
        "沒問題，下午見",
    ],
)
def test_remarks_ask_nothing(text: str) -> None:
    assert not reads_as_question(text)


@given(st.text(max_size=200))
def test_any_text_is_survived_and_a_question_mark_decides(text: str) -> None:
    assert reads_as_question(f"{text}?")
    assert reads_as_question(text) == reads_as_question(text)
