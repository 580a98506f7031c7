"""Which language a question is written in.

Letters decide for Chinese. For the Latin alphabet py3langid (letter-group statistics, no network)
weighs our languages against those that are written by colleagues elsewhere; ours are the likelier
ones beforehand, and a fifth language is only claimed when the text is long enough to be sure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from knowledge.article import Language
from knowledge.text import has_han, is_han, normalised, words

_OURS: Final[Mapping[str, Language]] = {
    "en": Language.EN,
    "nl": Language.NL,
    "sv": Language.SV,
    "zh": Language.ZH_HANT,
}
_OTHERS: Final = (
    *("de", "fr", "es", "it", "pt", "pl", "da", "no", "fi", "cs", "hu", "ro", "tr", "ru", "uk"),
    *("el", "ar", "he", "ja", "ko", "vi", "th", "hi", "id"),
)
# Danish and Norwegian share most letter groups with Swedish, German and Afrikaans with Dutch.
_CLOSE_TO_OURS: Final = frozenset({"da", "no"})
_OURS_LIKELIER: Final = 6.0
_SURE_OF_OURS: Final = 0.6
_SURE_OF_OTHER: Final = 0.75
_SURE_OF_CLOSE: Final = 0.85
_FEWEST_LETTERS: Final = 12
_FEWEST_WORDS: Final = 3

_KANA: Final = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]")
_HANGUL: Final = re.compile(r"[\uac00-\ud7a3]")
_ADDRESS_OR_CODE: Final = re.compile(r"https?://\S+|\S+@\S+|\b\w*\d\w*\b")


@dataclass(frozen=True, slots=True)
class Detection:
    """One of our languages, another one (`other`, its two-letter code), or neither: not sure.

    `confidence` lies between 0 and 1. `shares` holds how likely each of ours is, for those who want
    to weigh and not to decide.
    """

    language: Language | None
    other: str | None
    confidence: float
    shares: Mapping[Language, float]


_UNSURE: Final = {language: 1 / len(Language) for language in Language}


def detect_language(text: str) -> Detection:
    """The language of a text of any length and content; never raises."""
    normal = normalised(text)
    if has_han(normal) or _KANA.search(normal) or _HANGUL.search(normal):
        return _east_asian(normal)
    letters = " ".join(words(_ADDRESS_OR_CODE.sub(" ", normal)))
    if not letters.strip():
        return Detection(None, None, 0.0, _UNSURE)
    return _decided(_weighed(letters), letters)


def _east_asian(normal: str) -> Detection:
    for script, code in ((_HANGUL, "ko"), (_KANA, "ja")):
        if len(script.findall(normal)) >= 2:
            return Detection(None, code, 0.99, _UNSURE)
    han = sum(len(word) for word in words(normal) if is_han(word))
    shares = {one: float(one is Language.ZH_HANT) for one in Language}
    return Detection(Language.ZH_HANT, None, 0.99 if han > 1 else 0.9, shares)


def _weighed(letters: str) -> dict[str, float]:
    """Likelihood by language code, ours counted as likelier beforehand; sums to 1."""
    ranked = dict(_identifier().rank(letters))
    weighed = {
        code: share * (_OURS_LIKELIER if code in _OURS else 1.0) for code, share in ranked.items()
    }
    total = sum(weighed.values())
    return {code: share / total for code, share in weighed.items()}


def _decided(weighed: Mapping[str, float], letters: str) -> Detection:
    shares = {language: weighed.get(code, 0.0) for code, language in _OURS.items()}
    code = max(weighed, key=lambda one: weighed[one])
    confidence = weighed[code]
    if code in _OURS:
        language = _OURS[code] if confidence >= _SURE_OF_OURS else None
        return Detection(language, None, confidence, shares)
    long_enough = len(letters) >= _FEWEST_LETTERS and letters.count(" ") + 1 >= _FEWEST_WORDS
    needed = _SURE_OF_CLOSE if code in _CLOSE_TO_OURS else _SURE_OF_OTHER
    sure = long_enough and confidence >= needed
    return Detection(None, code if sure else None, confidence, shares)


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    """The identifier, loaded at first use (half a second)."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([*_OURS, *_OTHERS])
    return identifier
