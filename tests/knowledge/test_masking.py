"""Secrets are masked, and what support needs stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.masking import MASK, Masked, Secret, masked, without_secrets

RECOVERY = "123456-234567-345678-456789-567890-678901-789012-890123"


@pytest.mark.parametrize(
    "text",
    [
        "my password is Hunter2!",
        "password: hunter",
        "Password = letmein",
        'my password is "correct horse battery staple"',
        "my password is now aB3xyz",
        "password Sommar2024 does not work",
        "mijn wachtwoord is Welkom01",
        "wachtwoord: geheim",
        "mitt lösenord är Sommar2024!",
        "lösenordet: hemligt",
        "我的密碼是abc12345",
        "密碼：秘密秘密",
        "my pin is 123456",
        "de pincode is 4821",
        "pin-kod: 4821",
    ],
)
def test_what_is_called_a_password_is_masked(text: str) -> None:
    found = masked(text)

    assert (Secret.PASSWORD,) == found.found
    assert MASK in found.text


@pytest.mark.parametrize(
    "text",
    [
        "my password is expired",
        "my password is not accepted",
        "why is my password wrong?",
        "forgot my password on windows11?",
        "password is 12 characters long, is that enough?",
        "mijn wachtwoord is verlopen",
        "mitt lösenord är för kort",
        "我的密碼過期了",
        "error 0x80180014 on Windows 11 23H2",
        "the correlation id is 123e4567-e89b-12d3-a456-426614174000",
        "IMEI 352099001761481",
        "serial C02XK0AAJHD3",
        "call me at +31 6 12345678",
        "order 4111 1111 1111 1112",
    ],
)
def test_ordinary_words_codes_and_numbers_stay(text: str) -> None:
    assert Masked(text) == masked(text)


@pytest.mark.parametrize(
    "key",
    [
        RECOVERY,
        RECOVERY.replace("-", ""),
        RECOVERY.replace("-", " "),
        RECOVERY.replace("-", "\n"),
        RECOVERY.replace("-", "\u2013"),
        "ABCD-1234-EFGH-5678-IJKL-9012",
    ],
)
def test_recovery_keys_are_masked_however_they_are_grouped(key: str) -> None:
    assert Masked(f"it says {MASK} here", (Secret.RECOVERY_KEY,)) == masked(f"it says {key} here")


def test_47_and_49_digits_are_no_recovery_key() -> None:
    digits = RECOVERY.replace("-", "")

    for number in (digits[:-1], f"{digits}0"):
        assert Secret.RECOVERY_KEY not in masked(number).found


@pytest.mark.parametrize(
    "token",
    [
        "xoxb-123456789012-abcdefABCDEF",
        "xapp-1-A0123-456-abcdef",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-DEF_123",
        "ghp_" + "a1B2" * 9,
        "0123456789abcdef" * 2,
    ],
)
def test_tokens_are_masked(token: str) -> None:
    assert (Secret.TOKEN,) == masked(f"I used {token} there").found


def test_31_hexadecimal_characters_are_no_token() -> None:
    assert () == masked("0123456789abcdef" * 1 + "0123456789abcde").found


@pytest.mark.parametrize(
    "number", ["4111 1111 1111 1111", "5500-0000-0000-0004", "378282246310005", "6011111111111117"]
)
def test_card_numbers_are_masked(number: str) -> None:
    assert Masked(f"card {MASK} ok", (Secret.CARD,)) == masked(f"card {number} ok")


@given(st.text(max_size=300))
def test_masking_never_raises_and_masking_twice_changes_nothing(text: str) -> None:
    once = masked(text).text

    assert once == masked(once).text


@given(st.text(alphabet="abc \n", max_size=60), st.text(alphabet="xyz .", max_size=60))
def test_a_recovery_key_is_found_wherever_it_stands(before: str, after: str) -> None:
    assert RECOVERY not in masked(f"{before} {RECOVERY} {after}").text


@given(st.integers(min_value=10**13, max_value=10**14 - 1))
def test_a_card_number_with_a_wrong_check_digit_stays(front: int) -> None:
    digits = "4" + str(front)
    wrong = [f"{digits}{last}" for last in range(10)]

    kept = [number for number in wrong if masked(number).text == number]

    assert 9 == len(kept)


def test_everything_in_a_payload_is_masked() -> None:
    payload = {"event": {"text": "password: geheim", "n": 3, "blocks": [{"text": RECOVERY}]}}

    kept = {"event": {"text": f"password: {MASK}", "n": 3, "blocks": [{"text": MASK}]}}
    assert kept == without_secrets(payload)
