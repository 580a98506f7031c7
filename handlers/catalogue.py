"""The message catalogue: every text for people, by key and language."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeAlias

from babel.dates import format_date
from fluent.runtime import FluentBundle, FluentResource

from knowledge.article import Language

Say: TypeAlias = Callable[..., str]
"""``say(key, **values)`` in one language."""

LOCALES = Path(__file__).parent / "locales"
_BABEL = {Language.EN: "en_GB", Language.NL: "nl", Language.SV: "sv", Language.ZH_HANT: "zh_Hant"}


class Catalogue:
    """Texts from ``<folder>/<language>.ftl`` (Fluent), read once."""

    def __init__(self, folder: Path = LOCALES) -> None:
        self._bundles: Mapping[Language, FluentBundle] = {
            language: _bundle(language, folder) for language in Language
        }
        self._plain = lru_cache(maxsize=2_048)(partial(self._filled, values={}))

    def text(self, key: str, language: Language, /, **values: str | int) -> str:
        """The text of ``key``, values filled in. English where the language lacks it, and the key
        itself where English does too: a missing text must not cost a person the answer."""
        return self._filled(key, language, values) if values else self._plain(key, language)

    def _filled(self, key: str, language: Language, values: dict[str, str | int]) -> str:
        for candidate in (language, Language.EN):
            bundle = self._bundles[candidate]
            if bundle.has_message(key):
                pattern = bundle.get_message(key).value
                return str(bundle.format_pattern(pattern, values)[0]) if pattern else key
        return key

    def sayer(self, language: Language) -> Say:
        """``text`` with the language already chosen."""

        def say(key: str, /, **values: str | int) -> str:
            return self.text(key, language, **values)

        return say


@lru_cache(maxsize=1_024)
def long_date(day: date, language: Language) -> str:
    """The day as people of that language write it (CLDR long form)."""
    return format_date(day, format="long", locale=_BABEL[language])


@lru_cache(maxsize=16)
def _bundle(language: Language, folder: Path) -> FluentBundle:
    # Isolation marks would show up when a text is searched for or copied from a message.
    bundle = FluentBundle([language.value], use_isolating=False)
    bundle.add_resource(FluentResource((folder / f"{language}.ftl").read_text("utf-8")))
    return bundle
