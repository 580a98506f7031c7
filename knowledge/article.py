"""The article and the library that holds every article in every language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from knowledge.errors import Finding


class Platform(StrEnum):
    WINDOWS = "windows"
    MACOS = "macos"
    IOS = "ios"
    ANDROID = "android"


class Audience(StrEnum):
    """Who may read an article. A higher tier also reads what is meant for the lower ones."""

    EVERYONE = "everyone"
    TIER1 = "tier1"
    TIER2 = "tier2"
    TIER3 = "tier3"

    def may_read(self, article_audience: Audience) -> bool:
        order = tuple(Audience)
        return order.index(article_audience) <= order.index(self)


class Language(StrEnum):
    EN = "en"
    NL = "nl"
    SV = "sv"
    ZH_HANT = "zh-Hant"

    @classmethod
    def from_tag(cls, tag: str) -> Language | None:
        """The language of a locale tag (`en-US`, `nl_NL`, `zh-TW`), or None when it is not ours."""
        primary = tag.replace("_", "-").split("-")[0].strip().lower()
        return _BY_PRIMARY_TAG.get(primary)


_BY_PRIMARY_TAG = {language.value.split("-")[0].lower(): language for language in Language}


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a body. `platform` is None for text that concerns every platform."""

    heading: str
    platform: Platform | None
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """One entry of the knowledge base in one language.

    `summary` is the first paragraph of the body, `parts` is what follows it, and `body` is both as
    Markdown with the company's values filled in. `source` is the body as written, placeholders and
    all.
    """

    id: str
    language: Language
    title: str
    phrasings: tuple[str, ...]
    platforms: frozenset[Platform] = frozenset()
    audience: Audience = Audience.EVERYONE
    owner: str | None = None
    reviewed: date | None = None
    sources: tuple[str, ...] = ()
    error_codes: tuple[str, ...] = ()
    summary: str = ""
    parts: tuple[Part, ...] = ()
    body: str = ""
    source: str = field(default="", repr=False)
    path: str = field(default="", repr=False, compare=False)

    def parts_for(self, platform: Platform | None) -> tuple[Part, ...]:
        """The parts a reader on `platform` needs; every part when the platform is unknown."""
        if platform is None:
            return self.parts
        return tuple(part for part in self.parts if part.platform in (None, platform))


class Library:
    """Every article by id and language. Never changes after it was built."""

    def __init__(self, articles: Iterable[Article], warnings: Iterable[Finding] = ()) -> None:
        ordered = sorted(articles, key=lambda article: (article.id, article.language))
        self.articles: tuple[Article, ...] = tuple(ordered)
        self.warnings: tuple[Finding, ...] = tuple(warnings)
        self._by_key = MappingProxyType({(one.id, one.language): one for one in ordered})
        self.ids: tuple[str, ...] = tuple(dict.fromkeys(one.id for one in ordered))

    def __len__(self) -> int:
        return len(self.articles)

    def including(self, article: Article) -> Library:
        """This library and one article more."""
        return Library((*self.articles, article), self.warnings)

    def article(self, article_id: str, language: Language) -> Article | None:
        return self._by_key.get((article_id, language))

    def languages_of(self, article_id: str) -> tuple[Language, ...]:
        """The languages the article is written in, in the order of `Language`."""
        return tuple(one for one in Language if (article_id, one) in self._by_key)

    def best_language(self, article_id: str, *preferred: Language) -> Language | None:
        """The first preferred language that has the article, else the first that has it at all.

        None when there is no such article.
        """
        available = self.languages_of(article_id)
        wanted = (one for one in preferred if one in available)
        return next(wanted, available[0] if available else None)
