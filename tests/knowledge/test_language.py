"""Language: ours are told apart, a fifth one is recognised where the text is long enough."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.article import Language
from knowledge.language import detect_language


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        (Language.EN, ["where do I find the pump", "my front wheel makes a noise"]),
        (Language.NL, ["waar kan ik de fietspomp vinden", "mijn voorwiel maakt geluid"]),
        (Language.SV, ["var hittar jag cykelpumpen", "mitt framhjul låter konstigt"]),
        (Language.ZH_HANT, ["打氣筒在哪裡", "我的 iPhone 前輪有聲音", "我的手机坏了"]),
    ],
)
def test_our_languages_are_told_apart(language: Language, texts: list[str]) -> None:
    assert dict.fromkeys(texts, language) == {
        text: detect_language(text).language for text in texts
    }


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "Wie melde ich mein neues Handy bei der Firma an?"),
        ("fr", "Comment inscrire mon nouveau téléphone portable ?"),
        ("es", "¿Cómo registro mi teléfono nuevo en el trabajo?"),
        ("pl", "Jak zarejestrować nowy telefon w firmie?"),
        ("ja", "新しい携帯電話をどうやって登録しますか"),
        ("ko", "새 휴대폰을 어떻게 등록하나요"),
        ("ru", "Как зарегистрировать новый телефон в компании?"),
    ],
)
def test_a_fifth_language_is_recognised(code: str, text: str) -> None:
    detection = detect_language(text)

    assert (None, code) == (detection.language, detection.other)


@pytest.mark.parametrize("text", ["intune?", "vpn", "0x80180014", "", "🎉", "ok", "Wie?", "1234"])
def test_what_is_too_short_to_tell_is_left_open(text: str) -> None:
    assert detect_language(text).other is None


@pytest.mark.parametrize("text", ["intune?", "0x80180014", "", "🎉"])
def test_what_belongs_to_no_language_is_given_none(text: str) -> None:
    assert detect_language(text).language is None


@given(st.text())
def test_any_text_is_survived_and_shares_are_probabilities(text: str) -> None:
    detection = detect_language(text)

    assert 0 <= detection.confidence <= 1
    assert set(Language) == set(detection.shares)
    assert 0 <= sum(detection.shares.values()) <= 1.001
