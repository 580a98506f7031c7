"""A question in, an outcome out: the one call the rest of the bot makes.

What the question says outright comes first (an error code, small talk, a fifth language). Then
every language's index ranks its articles, the languages compete with the question's own language
and the asker's ahead, the best articles are compared phrasing by phrasing, and a calibrated
confidence decides between an answer, suggestions and an honest "no match".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.article import Article, Audience, Language, Library, Platform
from knowledge.calibration import RANK_FEATURES, Calibration, load_calibration
from knowledge.extraction import Extracted, extract, normalised_code
from knowledge.indexing import Asked, LanguageIndex, Phrasing
from knowledge.language import Detection, detect_language
from knowledge.passages import passages
from knowledge.ranking import (
    MOST_CONTENDERS,
    Compared,
    Contender,
    Vector,
    confidences,
    rank_features,
)
from knowledge.smalltalk import SmallTalk, recognise, without_greeting
from knowledge.text import in_traditional, words_of

MOST_CANDIDATES: Final = 5
# A phrasing asked word for word, and an error code that one article owns, leave no doubt.
_CERTAIN: Final = 0.99
_ID_WEIGHT: Final = 0.5
_SUMMARY_WEIGHT: Final = 0.25
_PASSAGE_WEIGHT: Final = 0.2
# How much of a language's weight remains when the question is surely in another one.
_FOREIGN: Final = 0.5
_PREFERRED: Final = 1.15
# A language with less than this share of the likeliest one's support is not asked at all.
_WORTH_ASKING: Final = 0.5


class Outcome(StrEnum):
    ANSWER = "answer"
    SUGGESTIONS = "suggestions"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Query:
    """A question. `languages` is a soft preference, best first; empty means all alike.

    `audience` is who asks; articles for less than `least` are left out, so that a tier can look
    among its runbooks alone.
    """

    text: str
    languages: tuple[Language, ...] = ()
    platform: Platform | None = None
    audience: Audience = Audience.EVERYONE
    least: Audience = Audience.EVERYONE


class Candidate(NamedTuple):
    """An article in one language. `confidence` is the probability that it is the right one."""

    article_id: str
    language: Language
    confidence: float
    phrasing: str


@dataclass(frozen=True, slots=True)
class Match:
    """What a question met. `candidates`: best first, one per article, at most five.

    `language` is the question's own language where it is sure, `other_language` the code of a
    fifth one. `explanation` says why, a line per candidate, for people.
    """

    outcome: Outcome
    candidates: tuple[Candidate, ...]
    extracted: Extracted = field(default_factory=Extracted)
    smalltalk: SmallTalk | None = None
    language: Language | None = None
    other_language: str | None = None
    explanation: tuple[str, ...] = ()

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None


REMEMBERED: Final = 500
"""Questions whose match is kept: in a rollout many ask the same in the same words, and often one
question is matched twice, by itself and with what went before. About a kilobyte each."""


class Matcher:
    """Answers questions from one library. Building costs about a second per 5,000 phrasings."""

    def __init__(self, library: Library, calibration: Calibration | None = None) -> None:
        self.library = library
        self.calibration = calibration or load_calibration()
        self._indexes = {one: index for one in Language if (index := _index(library, one))}
        self._know_owners()
        self._remembered = lru_cache(maxsize=REMEMBERED)(self._matched)

    def match(self, query: Query) -> Match:
        """The outcome for a question of any length and content; never raises."""
        return self._remembered(query)

    def _matched(self, query: Query) -> Match:
        text = in_traditional(query.text)
        extracted = extract(text, self._code_names)
        smalltalk = recognise(query.text)
        asked = replace(query, text=without_greeting(text))
        detection = detect_language(asked.text)
        compared = self.compare(asked, extracted, detection)
        candidates = self._decide(asked, compared, extracted)
        return Match(
            self._outcome(candidates, smalltalk, detection, extracted),
            candidates,
            extracted,
            smalltalk,
            detection.language,
            detection.other,
        )

    def explain(self, query: Query) -> Match:
        """As `match`, with the reasons in words."""
        match = self.match(query)
        asked = replace(query, text=without_greeting(in_traditional(query.text)))
        detection = detect_language(asked.text)
        compared = self.compare(asked, match.extracted, detection)
        return replace(match, explanation=tuple(self._reasons(match, compared, detection)))

    def learn(self, article_id: str, language: Language, phrasing: str) -> None:
        """Let `phrasing` lead to the article from the next question on.

        Nothing happens when the library has no such article in that language.
        """
        index = self._indexes.get(language)
        if index is not None and article_id in index.article_ids:
            index.learn(article_id, phrasing)
            self._remembered.cache_clear()

    def add(self, article: Article) -> None:
        """Let a new article answer from the next question on, at the cost of learning its
        phrasings. One whose id is taken in that language changes nothing."""
        if self.library.article(article.id, article.language) is not None:
            return
        self.library = self.library.including(article)
        index = self._indexes.get(article.language)
        if index is None:
            index = _index(self.library, article.language)
            assert index is not None
            self._indexes[article.language] = index
        else:
            index.add(article.id)
            for phrasing in (article.title, *article.phrasings):
                index.learn(article.id, phrasing)
        self._know_owners()
        self._remembered.cache_clear()

    def _know_owners(self) -> None:
        """Who owns which error code, and who may read what, in the library as it is now."""
        self._codes = _code_owners(self.library)
        self._code_names = tuple(code for code in self._codes if not code.startswith("0x"))
        self._visible: dict[tuple[Audience, Language], NDArray[np.bool_]] = {
            (audience, language): np.array(
                [_may_read(self.library, audience, one, language) for one in index.article_ids]
            )
            for audience in Audience
            for language, index in self._indexes.items()
        }

    # -- comparing --------------------------------------------------------------------------------

    def compare(self, query: Query, extracted: Extracted, detection: Detection) -> Compared:
        """The contenders in order, before any rule decides; what the calibration is fitted on."""
        of_words = words_of(query.text)
        leanings = self._leanings(query, of_words, detection)
        asked = {one: self._indexes[one].ask(of_words) for one in leanings}
        weights = _language_weights(asked, leanings)
        contenders = self._contenders(query, asked, weights, " ".join(of_words))
        known = max((one.known for one in asked.values()), default=0.0)
        if not contenders:
            return Compared((), np.zeros((0, len(RANK_FEATURES))), np.zeros(0), known)
        platforms = frozenset(extracted.platforms) or _only(query.platform)
        rows = rank_features(contenders, platforms)
        scores = rows @ self.calibration.rank
        order = sorted(
            range(len(contenders)), key=lambda at: (-scores[at], contenders[at].article.id)
        )
        best_first = tuple(contenders[at] for at in order)
        return Compared(best_first, rows[order], scores[order], known)

    def _contenders(
        self,
        query: Query,
        asked: Mapping[Language, Asked],
        weights: Mapping[Language, float],
        key: str,
    ) -> list[Contender]:
        """Per article the language in which it fits best; the best few articles of all."""
        found: dict[str, tuple[float, Language, int]] = {}
        stage_one: dict[Language, Vector] = {}
        for language, asked_there in asked.items():
            index = self._indexes[language]
            scores = index.separate(asked_there)
            stage_one[language] = scores
            wanted = self._wanted(query, language)
            weighed = np.where(wanted, scores * weights[language], -np.inf)
            for at in {*_highest(weighed), *index.exact.get(key, ())}:
                if weighed[at] == -np.inf:
                    continue
                bonus = 1.0 if at in index.exact.get(key, ()) else 0.0
                entry = (float(weighed[at]) + bonus, language, int(at))
                article_id = index.article_ids[at]
                if article_id not in found or entry[0] > found[article_id][0]:
                    found[article_id] = entry
        best = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))[:MOST_CONTENDERS]
        return self._compared(asked, weights, stage_one, [place for _, place in best])

    def _wanted(self, query: Query, language: Language) -> NDArray[np.bool_]:
        visible = self._visible[query.audience, language]
        if query.least is Audience.EVERYONE:
            return visible
        order = tuple(Audience)
        below = order[order.index(query.least) - 1]
        return visible & ~self._visible[below, language]

    def _compared(
        self,
        asked: Mapping[Language, Asked],
        weights: Mapping[Language, float],
        stage_one: Mapping[Language, Vector],
        places: Sequence[tuple[float, Language, int]],
    ) -> list[Contender]:
        contenders = []
        for language, asked_there in asked.items():
            index = self._indexes[language]
            here = sorted(at for _, one, at in places if one is language)
            for evidence in index.compare(asked_there, here, stage_one[language]):
                article = self.library.article(index.article_ids[evidence.article], language)
                if article is not None:
                    contenders.append(Contender(article, language, weights[language], evidence))
        return contenders

    def _leanings(
        self, query: Query, of_words: list[str], detection: Detection
    ) -> dict[Language, float]:
        """The languages worth asking, each with how much speaks for it before any matching.

        Many questions mix two languages, so detection and the asker's preference only lean; what
        counts as much is whether the language's phrasings know the words at all.
        """
        likeliest = max((detection.shares[one] for one in self._indexes), default=0.0) or 1.0
        leanings = {}
        for language, index in self._indexes.items():
            share = detection.shares[language] / likeliest
            preferred = _PREFERRED if language in query.languages[:1] else 1.0
            lean = (_FOREIGN + (1 - _FOREIGN) * share) * preferred
            leanings[language] = lean * (0.1 + index.familiarity(of_words))
        most = max(leanings.values(), default=0.0)
        return {one: lean for one, lean in leanings.items() if lean >= _WORTH_ASKING * most}

    # -- deciding ---------------------------------------------------------------------------------

    def _decide(
        self, query: Query, compared: Compared, extracted: Extracted
    ) -> tuple[Candidate, ...]:
        if not compared.contenders:
            ranked: list[Candidate] = []
        else:
            sure = confidences(self.calibration, compared)
            ranked = [
                Candidate(one.article.id, one.language, float(confidence), one.evidence.phrasing)
                for one, confidence in zip(compared.contenders, sure, strict=True)
            ]
        ranked = self._word_for_word(query, ranked)
        return tuple(self._coded(query, ranked, extracted)[:MOST_CANDIDATES])

    def _word_for_word(self, query: Query, ranked: list[Candidate]) -> list[Candidate]:
        key = " ".join(words_of(query.text))
        exact = {
            index.article_ids[at]
            for index in self._indexes.values()
            for at in index.exact.get(key, ())
        }
        owners = [one for one in ranked if one.article_id in exact]
        if len(owners) != 1:
            return ranked
        return _lifted(owners[0], ranked)

    def _coded(
        self, query: Query, ranked: list[Candidate], extracted: Extracted
    ) -> list[Candidate]:
        """A known code decides: the one article that owns it goes first."""
        codes = [normalised_code(code) for code in extracted.error_codes]
        owners = {
            owner
            for code in codes
            for owner in self._codes.get(code, ())
            if query.audience.may_read(audience := self._audience_of(owner))
            and audience.may_read(query.least)
        }
        if not owners:
            return ranked
        languages = (*query.languages, *_detected(query))
        first = min(owners, key=lambda one: self._claim(one, codes, languages))
        by_id = {one.article_id: one for one in ranked}
        candidate = by_id.get(first) or self._named_by_code(query, first, extracted)
        return _lifted(candidate, ranked)

    def _named_by_code(self, query: Query, article_id: str, extracted: Extracted) -> Candidate:
        preferred = (*query.languages, *_detected(query))
        language = self.library.best_language(article_id, *preferred) or Language.EN
        return Candidate(article_id, language, _CERTAIN, " ".join(extracted.error_codes))

    def _claim(
        self, article_id: str, codes: Sequence[str], languages: Sequence[Language]
    ) -> tuple[int, int, str]:
        """Sorts the owners of a code: for everyone first, then those in the asker's language."""
        own = any(
            code in {normalised_code(each) for each in article.error_codes}
            for language in languages
            if (article := self.library.article(article_id, language)) is not None
            for code in codes
        )
        return tuple(Audience).index(self._audience_of(article_id)), not own, article_id

    def _audience_of(self, article_id: str) -> Audience:
        language = self.library.languages_of(article_id)[0]
        article = self.library.article(article_id, language)
        return article.audience if article is not None else Audience.EVERYONE

    def _outcome(
        self,
        candidates: Sequence[Candidate],
        smalltalk: SmallTalk | None,
        detection: Detection,
        extracted: Extracted,
    ) -> Outcome:
        if smalltalk is not None or not candidates:
            return Outcome.NONE
        first = candidates[0].confidence
        if detection.other is not None and first < _CERTAIN:
            return Outcome.NONE
        if first >= self.calibration.answer_at:
            return Outcome.ANSWER
        return Outcome.SUGGESTIONS if first >= self.calibration.suggest_at else Outcome.NONE

    # -- explaining -------------------------------------------------------------------------------

    def _reasons(self, match: Match, compared: Compared, detection: Detection) -> Iterable[str]:
        answer_at, suggest_at = self.calibration.answer_at, self.calibration.suggest_at
        limits = f"answer from {answer_at:.2f}, suggestions from {suggest_at:.2f}"
        yield f"outcome: {match.outcome} ({limits})"
        language = detection.language or detection.other or "not sure"
        yield f"language: {language} ({detection.confidence:.2f}); known: {compared.known:.0%}"
        if match.smalltalk is not None:
            yield f"small talk: {match.smalltalk}"
        if match.extracted != Extracted():
            yield f"extracted: {_spoken(match.extracted)}"
        place = {one.article.id: at for at, one in enumerate(compared.contenders)}
        for number, one in enumerate(match.candidates, start=1):
            name = f"{one.article_id} [{one.language}]"
            yield f"{number}. {name} {one.confidence:.3f} by '{one.phrasing}'"
            at = place.get(one.article_id)
            if at is not None:
                parts = _parts(compared.rows[at], self.calibration)
                yield f"   score {compared.scores[at]:.2f}: {parts}"


def _index(library: Library, language: Language) -> LanguageIndex | None:
    articles = [one for one in library.articles if one.language is language]
    if not articles:
        return None
    phrasings = [
        phrasing for at, article in enumerate(articles) for phrasing in _phrasings(at, article)
    ]
    return LanguageIndex(language, [one.id for one in articles], phrasings)


def _phrasings(at: int, article: Article) -> Iterable[Phrasing]:
    """Real phrasings and the title count fully; the id's words and the body lend a hand."""
    yield Phrasing(article.title, at)
    yield from (Phrasing(text, at) for text in article.phrasings)
    yield Phrasing(article.id.replace("-", " ").replace("_", " "), at, _ID_WEIGHT)
    if article.summary:
        yield Phrasing(article.summary, at, _SUMMARY_WEIGHT)
    yield from (Phrasing(text, at, _PASSAGE_WEIGHT) for text in passages(article.body))


def _may_read(library: Library, reader: Audience, article_id: str, language: Language) -> bool:
    article = library.article(article_id, language)
    return article is not None and reader.may_read(article.audience)


def _code_owners(library: Library) -> dict[str, tuple[str, ...]]:
    owners: dict[str, set[str]] = {}
    for article in library.articles:
        for code in article.error_codes:
            owners.setdefault(normalised_code(code), set()).add(article.id)
    return {code: tuple(sorted(ids)) for code, ids in owners.items()}


def _language_weights(
    asked: Mapping[Language, Asked], leanings: Mapping[Language, float]
) -> dict[Language, float]:
    """How likely each language is meant, 1 for the likeliest."""
    weights = {one: leanings[one] * (0.1 + asked[one].known) for one in asked}
    highest = max(weights.values(), default=1.0) or 1.0
    return {language: weight / highest for language, weight in weights.items()}


def _highest(scores: Vector) -> list[int]:
    if len(scores) <= MOST_CONTENDERS:
        return list(range(len(scores)))
    return [int(at) for at in np.argpartition(-scores, MOST_CONTENDERS)[:MOST_CONTENDERS]]


def _lifted(first: Candidate, ranked: Sequence[Candidate]) -> list[Candidate]:
    """`first` at the top and certain, the others behind it with what doubt is left."""
    rest = [
        one._replace(confidence=min(one.confidence, 1 - _CERTAIN))
        for one in ranked
        if one.article_id != first.article_id
    ]
    return [first._replace(confidence=max(first.confidence, _CERTAIN)), *rest]


def _only(platform: Platform | None) -> frozenset[Platform]:
    return frozenset() if platform is None else frozenset({platform})


def _detected(query: Query) -> tuple[Language, ...]:
    language = detect_language(query.text).language
    return () if language is None else (language,)


def _spoken(extracted: Extracted) -> str:
    version = (extracted.os_version,) if extracted.os_version else ()
    return ", ".join((*extracted.error_codes, *extracted.platforms, *version, *extracted.products))


def _parts(row: Vector, calibration: Calibration) -> str:
    return ", ".join(
        f"{name} {value:.2f} x {weight:.2f}"
        for name, value, weight in zip(RANK_FEATURES, row, calibration.rank, strict=True)
        if value
    )
