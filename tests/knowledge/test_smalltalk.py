"""Small talk in four languages; and never a question taken for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.smalltalk import SmallTalk, recognise, without_greeting


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        (SmallTalk.GREETING, ["Hi!", "heyyyy", "goedemorgen", "Hejsan", "您好", "早安！"]),
        (SmallTalk.THANKS, ["thanks a lot!!", "bedankt hoor", "tack så mycket", "謝謝你", "🙏"]),
        (SmallTalk.GOODBYE, ["bye", "tot ziens", "hej då", "掰掰", "have a nice day"]),
        (SmallTalk.HOW_ARE_YOU, ["How are you?", "hoe gaat het", "hur mår du", "你好嗎"]),
        (SmallTalk.IDENTITY, ["who are you", "ben je een bot?", "är du en människa?", "你是誰"]),
        (
            SmallTalk.HUMAN,
            ["human", "medewerker", "människa", "真人", "I want to talk to a person", "轉接客服",
             "can I speak to a real person please", "kan ik een medewerker spreken"],
        ),
        (SmallTalk.ANGER, ["this is useless", "verdomme!", "fy fan", "爛透了", "wtf"]),
        (SmallTalk.ACKNOWLEDGEMENT, ["ok", "👍", "prima", "okej", "好的", "got it", "yes", "nee"]),
    ],
)  # fmt: skip
def test_small_talk_is_recognised_in_every_language(kind: SmallTalk, texts: list[str]) -> None:
    assert dict.fromkeys(texts, kind) == {text: recognise(text) for text in texts}


@pytest.mark.parametrize(
    "text",
    [
        "thanks, but my password expired",
        "hi, how do I enroll?",
        "how do I reach the helpdesk",
        "helpdesk phone number",
        "ok so where is the portal",
        "hoi, waar vind ik de app",
        "hej, hur registrerar jag min mobil",
        "你好，我忘記密碼了",
        "what can you help me with",
        "the person before me left the laptop",
        "this is blocked",
        "intune",
        "help",
        "",
        "   ",
    ],
)
def test_a_question_is_never_small_talk(text: str) -> None:
    assert recognise(text) is None


def test_a_mention_of_the_bot_does_not_count() -> None:
    assert SmallTalk.GREETING is recognise("<@U0BOT> hello")


def test_the_more_pressing_kind_wins() -> None:
    assert SmallTalk.HUMAN is recognise("hello, I want to talk to a human, thanks")
    assert SmallTalk.THANKS is recognise("ok thanks, bye")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("hi, my tyre is flat", "my tyre is flat"),
        ("Goedemorgen! waar is de pomp", "waar is de pomp"),
        ("hej hej hur gör jag", "hur gör jag"),
        ("您好，輪胎破了", "輪胎破了"),
        ("history of the bike", "history of the bike"),
        ("hijack warning", "hijack warning"),
        ("hello", "hello"),
        ("", ""),
    ],
)
def test_a_greeting_before_a_question_is_left_out(text: str, rest: str) -> None:
    assert rest == without_greeting(text)


@given(st.text())
def test_any_text_is_survived(text: str) -> None:
    recognise(text)

    assert without_greeting(text) or not text.strip()
