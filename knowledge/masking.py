"""Secrets that people type by mistake, taken out before anything is stored or shown.

Found are passwords that are called so in one of our languages, recovery keys, access tokens and
card numbers. What helps support stays: error codes, GUIDs, serial numbers, IMEIs, versions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

MASK: Final = "•••"


class Secret(StrEnum):
    PASSWORD = "password"  # noqa: S105
    RECOVERY_KEY = "recovery_key"
    TOKEN = "token"  # noqa: S105
    CARD = "card"


@dataclass(frozen=True, slots=True)
class Masked:
    """``text`` without its secrets; ``found`` names the kinds, each once, in the order of
    ``Secret``."""

    text: str
    found: tuple[Secret, ...] = ()


_RECOVERY_KEY: Final = re.compile(
    r"(?<!\d)(?:\d{6}[\s\-\u2010-\u2015]{0,3}){7}\d{6}(?!\d)"
    r"|(?<![A-Z0-9-])(?=[A-Z0-9-]*\d)(?:[A-Z0-9]{4}-){5}[A-Z0-9]{4}(?![A-Z0-9-])"
)
"""BitLocker: 48 digits in eight groups of six (learn.microsoft.com/windows/security/
operating-system-security/data-protection/bitlocker/recovery-overview). FileVault: six groups of
four letters and digits (support.apple.com/guide/mac-help, "FileVault recovery key")."""

_TOKEN: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"xox[a-z](?:\.[a-z]+)?-[A-Za-z0-9-]{6,}|xapp-[A-Za-z0-9-]{6,}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"
    r"|gh[opsu]_[A-Za-z0-9]{20,}|AKIA[A-Z0-9]{16}"
    r"|[0-9a-fA-F]{32,}"
    r")(?![A-Za-z0-9])"
)
"""Slack's prefixes are those of docs.slack.dev/authentication/tokens; ``eyJ`` begins a JSON Web
Token (RFC 7519). Hexadecimal counts from 32 characters on, which no error code reaches."""

_CALLED: Final = (
    r"(?:(?<![^\W_])(?:pass\s?word|passwd|pwd|pass\s?code|pass\s?phrase|wachtwoord|toegangscode"
    r"|lösenord|lösenordet|pin(?:\s?code|-?kod|\s?碼)?)(?![^\W_])|密碼|密码|通行碼)"
)
_LINKED: Final = (
    r"(?:\s*[:=：＝]\s*|\s*(?:is|was|är|var|luidt|是|為|为)(?:\s*[:：])?\s*(?:(?:now|nu)\s+)?)"
)
_PASSWORD: Final = re.compile(
    rf"(?P<lead>{_CALLED}{_LINKED})"
    r"(?P<secret>\"[^\"\n]{3,80}\"|“[^”\n]{3,80}”|'[^'\n]{3,80}'|「[^」\n]{3,80}」|\S{4,})",
    re.IGNORECASE,
)
_BESIDE: Final = re.compile(
    rf"(?P<lead>{_CALLED}\s+)(?P<secret>(?=\S*\d)(?=\S*[^\W\d_])(?!0x|i?os|ip|win|mac|andr)\S{{6,}})",
    re.IGNORECASE,
)
_OPEN_SIGN: Final = re.compile(r"[:=：＝]\s*$")
_SENTENCE_END: Final = ".,;!?。，；！？"
_PLAIN_NUMBERED: Final = re.compile(r"\d{1,3}[^\W\d_]*|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")

_CARD: Final = re.compile(r"(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])")
_CARD_LENGTHS: Final[tuple[tuple[re.Pattern[str], frozenset[int]], ...]] = (
    (re.compile(r"4"), frozenset({13, 16, 19})),
    (re.compile(r"5[1-5]|2[2-7]"), frozenset({16})),
    (re.compile(r"3[47]"), frozenset({15})),
    (re.compile(r"3[0689]"), frozenset({14})),
    (re.compile(r"35|6"), frozenset({16, 17, 18, 19})),
)
"""By issuer prefix, as ISO/IEC 7812 gives them out; an IMEI has a Luhn digit too, but 15 digits and
none of these beginnings with that length."""


def masked(text: str) -> Masked:
    """``text`` of any content with every secret replaced by ``MASK``; masking twice changes nothing
    more.

    What follows the word "password" is taken for one when it is quoted, stands behind a colon, or
    does not look like a word: so "my password is expired" stays as it is.
    """
    found: set[Secret] = set()

    def hide(secret: Secret) -> str:
        found.add(secret)
        return MASK

    hidden = _RECOVERY_KEY.sub(lambda _: hide(Secret.RECOVERY_KEY), text)
    hidden = _TOKEN.sub(lambda _: hide(Secret.TOKEN), hidden)
    hidden = _CARD.sub(
        lambda one: hide(Secret.CARD) if _is_card(one.group()) else one.group(), hidden
    )
    for pattern in (_PASSWORD, _BESIDE):
        hidden = pattern.sub(
            lambda one: one["lead"] + hide(Secret.PASSWORD) if _is_password(one) else one.group(),
            hidden,
        )
    return Masked(hidden, tuple(one for one in Secret if one in found))


def without_secrets(value: Any) -> Any:
    """A JSON value with every text in it masked."""
    if isinstance(value, str):
        return masked(value).text
    if isinstance(value, Mapping):
        return {key: without_secrets(one) for key, one in value.items()}
    return [without_secrets(one) for one in value] if isinstance(value, list) else value


def _is_password(found: re.Match[str]) -> bool:
    secret = found["secret"]
    if MASK in secret:
        return False
    if secret[0] in "\"“'「" and len(secret) > 2:
        return True
    bare = secret.rstrip(_SENTENCE_END)
    if len(bare) < 4 or _PLAIN_NUMBERED.fullmatch(bare):
        return False
    return bool(_OPEN_SIGN.search(found["lead"])) or any(_odd(bare))


def _odd(word: str) -> Iterator[bool]:
    """What a word of a sentence does not have inside: digits, signs, a capital after a small."""
    yield any(character.isdigit() for character in word)
    yield any(not character.isalnum() and character not in "-'’/()" for character in word)
    yield any(a.islower() and b.isupper() for a, b in pairwise(word))


def _is_card(text: str) -> bool:
    digits = [int(one) for one in text if one.isdigit()]
    number = "".join(map(str, digits))
    known = any(
        begins.match(number) and len(digits) in lengths for begins, lengths in _CARD_LENGTHS
    )
    return known and _luhn(digits)


def _luhn(digits: list[int]) -> bool:
    """The check digit of ISO/IEC 7812-1, annex B."""
    doubled = [
        digit if at % 2 == 0 else digit * 2 - 9 * (digit > 4)
        for at, digit in enumerate(reversed(digits))
    ]
    return sum(doubled) % 10 == 0
