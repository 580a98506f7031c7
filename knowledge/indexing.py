"""The index of one language: every phrasing in a form that a question can be compared with.

Two stages. First the separating layer and the words' weights score every article at the cost of a
few hundred features; then the best few are compared phrasing by phrasing (rapidfuzz, soft TF-IDF,
letter groups), which is costlier and finer.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from knowledge.article import Language
from knowledge.compounds import Splitter
from knowledge.features import (
    Floats,
    Ints,
    Longs,
    Sparse,
    counted,
    frequency_weight,
    inverse_frequency,
    owned_features,
    owning,
    pairs_among,
    repeated_pairs,
    weighed,
    with_owned,
)
from knowledge.separating import Rows, Separator, train
from knowledge.spelling import SHORTEST_WORD, Speller
from knowledge.synonyms import synonyms_of
from knowledge.text import is_han, letter_groups, stem, tokens_of, words_of

_MOST_TOKENS: Final = 40
_SYNONYM_WEIGHT: Final = 0.8
# A summary lends its words to the separating layer; as a whole it is no way to ask.
_WORTH_COMPARING: Final = 0.5
_ROOT_OF_BLOCKS: Final = math.sqrt(3)


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One way to ask for an article. `weight` is how far it is to be trusted, 1 for a real one."""

    text: str
    article: int
    weight: float = 1.0

    @property
    def is_real(self) -> bool:
        return self.weight >= 1


class Asked(NamedTuple):
    """A question as seen by one language's index."""

    sorted_words: str
    token_ids: Ints
    token_values: Floats
    group_ids: Ints
    group_values: Floats
    columns: Ints
    values: Floats
    mass: float
    known: float
    length: int


class Evidence(NamedTuple):
    """How well the phrasings of one article meet the question, each between 0 and about 1.

    `owned` is the share of the question that stands anywhere in the article; the others are the
    best of single phrasings.
    """

    article: int
    separated: float
    ratio: float
    soft: float
    covered: float
    covering: float
    groups: float
    owned: float
    phrasing: str


@dataclass(slots=True)
class _Features:
    """Numbers for tokens and letter groups; a pair's number is its place among the kept ones."""

    tokens: dict[str, int] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)


class LanguageIndex:
    """Built from the phrasings of one language; `learn` adds to it in place."""

    def __init__(
        self, language: Language, article_ids: Sequence[str], phrasings: Iterable[Phrasing]
    ) -> None:
        self.language = language
        self.article_ids = tuple(article_ids)
        self.phrasings = sorted(phrasings, key=lambda one: (one.article, -one.weight, one.text))
        self._features = _Features()
        self._synonyms = synonyms_of(language)
        self._learned: dict[int, list[tuple[int, float]]] = {}
        self._exact: dict[str, tuple[int, ...]] = {}
        self._build()

    @property
    def exact(self) -> dict[str, tuple[int, ...]]:
        """The articles whose phrasing is, apart from case and punctuation, exactly this text."""
        return self._exact

    # -- building ---------------------------------------------------------------------------------

    def _build(self) -> None:
        in_words = [words_of(one.text) for one in self.phrasings]
        self._words = {word for each in in_words for word in each}
        self._splitter = Splitter(self.language, self._words | self._synonyms.vocabulary)
        self._speller = Speller(word for word in self._words if not is_han(word))
        of_article = np.array([one.article for one in self.phrasings], np.int32)
        in_tokens = self._numbered_tokens(in_words)
        tokens = self._weigh_tokens(in_tokens, of_article)
        pairs = self._weigh_pairs(in_tokens, of_article)
        groups = self._weigh_groups(in_words, of_article)
        self._owned = owned_features(tokens, of_article)
        self._lay_out(in_words, tokens, groups)
        self._separator = self._train((tokens, pairs, groups), of_article)

    def _numbered_tokens(self, in_words: list[list[str]]) -> list[array[int]]:
        """The numbers of each phrasing's tokens, in order; numbers every token."""
        numbers = self._features.tokens
        of_word: dict[str, tuple[int, ...]] = {}
        found = []
        for each in in_words:
            tokens = array("i")
            for word in each[:_MOST_TOKENS]:
                if word not in of_word:
                    in_order = self._tokens_of(word)
                    of_word[word] = tuple(numbers.setdefault(one, len(numbers)) for one in in_order)
                tokens.extend(of_word[word])
            found.append(tokens[: 2 * _MOST_TOKENS])
        return found

    def _tokens(self, of_words: list[str]) -> list[str]:
        found = list(chain.from_iterable(map(self._tokens_of, of_words[:_MOST_TOKENS])))
        return found[: 2 * _MOST_TOKENS]

    def _tokens_of(self, typed: str) -> tuple[str, ...]:
        word = self._synonyms.spelled_out(typed)
        return (*tokens_of(word, self.language), *self._also_meant(word))

    def _also_meant(self, word: str) -> tuple[str, ...]:
        """The parts of a compound, and the groups of synonyms of a word and of its parts."""
        parts = self._splitter.parts(word)
        if not parts:
            return self._synonyms.groups_of(word)
        meant = chain.from_iterable(self._synonyms.groups_of(one) for one in (word, *parts))
        return (*(stem(part, self.language) for part in parts), *dict.fromkeys(meant))

    def _weigh_tokens(self, in_tokens: list[array[int]], of_article: Ints) -> Sparse:
        """The square root of the inverse article frequency weighs tokens, pairs and groups alike;
        groups of synonyms count a little less than words."""
        width = len(self._features.tokens)
        times = counted(chain.from_iterable(in_tokens), map(len, in_tokens), width)
        self._token_idf = inverse_frequency(times, of_article, len(self.article_ids), width)
        for token, number in self._features.tokens.items():
            if token.startswith("="):
                self._token_idf[number] *= _SYNONYM_WEIGHT**2
        self._unknown_idf = frequency_weight(0, len(self.article_ids))
        return weighed(times, np.sqrt(self._token_idf))

    def _weigh_pairs(self, in_tokens: list[array[int]], of_article: Ints) -> Sparse:
        firsts = [each[:_MOST_TOKENS] for each in in_tokens]
        width = len(self._features.tokens)
        once = counted(chain.from_iterable(firsts), map(len, firsts), width)
        self._pairs, times = repeated_pairs(once)
        self._pair_idf = inverse_frequency(
            times, of_article, len(self.article_ids), len(self._pairs)
        )
        return weighed(times, np.sqrt(self._pair_idf))

    def _weigh_groups(self, in_words: list[list[str]], of_article: Ints) -> Sparse:
        numbers = self._features.groups
        found = []
        for each in in_words:
            groups = letter_groups(each)
            found.append(array("i", [numbers.setdefault(one, len(numbers)) for one in groups]))
        times = counted(chain.from_iterable(found), map(len, found), len(numbers))
        self._group_idf = inverse_frequency(times, of_article, len(self.article_ids), len(numbers))
        return weighed(times, np.sqrt(self._group_idf))

    def _lay_out(self, in_words: list[list[str]], tokens: Sparse, groups: Sparse) -> None:
        """What stage two needs of each phrasing; those not worth comparing keep no features."""
        comparable = np.array(
            [
                bool(each) and one.weight >= _WORTH_COMPARING
                for one, each in zip(self.phrasings, in_words, strict=True)
            ],
            np.bool_,
        )
        self._sorted = [
            " ".join(sorted(each)) if wanted else ""
            for each, wanted in zip(in_words, comparable.tolist(), strict=True)
        ]
        self._token_rows, self._group_rows = tokens.only(comparable), groups.only(comparable)
        rows_of: list[list[int]] = [[] for _ in self.article_ids]
        for row in np.nonzero(comparable)[0].tolist():
            rows_of[self.phrasings[row].article].append(row)
        self._rows_of = [np.array(rows, np.intp) for rows in rows_of]
        for one, each in zip(self.phrasings, in_words, strict=True):
            if one.is_real:
                self._know_exactly(" ".join(each), one.article)

    def _know_exactly(self, key: str, article: int) -> None:
        owners = self._exact.get(key, ())
        if article not in owners:
            self._exact[key] = (*owners, article)

    def _train(self, parts: tuple[Sparse, Sparse, Sparse], of_article: Ints) -> Separator:
        self._pair_offset = len(self._features.tokens)
        self._group_offset = self._pair_offset + len(self._pairs)
        self._trained_columns = self._group_offset + len(self._features.groups)
        offsets = (0, self._pair_offset, self._group_offset)
        columns = [part.ids + np.int32(at) for part, at in zip(parts, offsets, strict=True)]
        values = np.concatenate([part.values for part in parts]) / _ROOT_OF_BLOCKS
        sparse = Rows(
            row=np.concatenate([part.rows for part in parts]).astype(np.int32),
            column=np.concatenate(columns),
            value=values.astype(np.float32),
            label=of_article,
            weight=np.array([one.weight for one in self.phrasings], np.float32),
            columns=self._trained_columns,
        )
        return train(sparse, len(self.article_ids))

    # -- asking -----------------------------------------------------------------------------------

    def familiarity(self, of_words: list[str]) -> float:
        """The share of the question's words (letters, in Han text) that stand in some phrasing."""
        familiar = total = 0
        for word in map(self._synonyms.spelled_out, of_words[:_MOST_TOKENS]):
            if is_han(word):
                pieces = tokens_of(word, self.language)
                familiar += sum(piece in self._features.tokens for piece in pieces)
                total += len(pieces)
            else:
                familiar += word in self._words
                total += 1
        return familiar / total if total else 0.0

    def ask(self, of_words: list[str]) -> Asked:
        """The question in this language's features. Unknown words count at the highest weight."""
        features = self._features
        weights: dict[int, float] = {}
        known = total = 0.0
        for word in map(self._synonyms.spelled_out, of_words[:_MOST_TOKENS]):
            meant = self._meant(word, weights)
            for token in tokens_of(word, self.language):
                number = features.tokens.get(token)
                if number is not None:
                    idf = math.sqrt(self._token_idf[number])
                    weights[number] = weights.get(number, 0.0) + idf
                    known += idf
                    total += idf
                    continue
                idf = math.sqrt(self._unknown_idf)
                total += idf
                if meant:
                    known += _SYNONYM_WEIGHT * idf
                elif len(word) >= SHORTEST_WORD and not is_han(word):
                    known += self._spell(word, weights, idf)
        return self._assemble(of_words, weights, known, total)

    def _meant(self, word: str, weights: dict[int, float]) -> bool:
        """Add what the word also means; tells whether a phrasing knows any of it."""
        known = self._features.tokens
        numbers = [known[one] for one in self._also_meant(word) if one in known]
        for number in numbers:
            weights[number] = math.sqrt(self._token_idf[number])
        return bool(numbers)

    def _spell(self, word: str, weights: dict[int, float], idf: float) -> float:
        """Add the nearest known words, by the cube of their similarity; gives the mass covered."""
        best = 0.0
        for near, similarity in self._speller.near(word):
            number = self._features.tokens.get(stem(near, self.language))
            if number is None:
                continue
            share = similarity**3
            for meant in (number, *self._groups_known(near)):
                value = share * math.sqrt(self._token_idf[meant])
                weights[meant] = max(weights.get(meant, 0.0), value)
            best = max(best, share)
        return best * idf

    def _groups_known(self, word: str) -> list[int]:
        known = self._features.tokens
        return [known[one] for one in self._synonyms.groups_of(word) if one in known]

    def _assemble(
        self, of_words: list[str], weights: dict[int, float], known: float, total: float
    ) -> Asked:
        token_ids = np.fromiter(weights, np.int32, len(weights))
        raw = np.fromiter(weights.values(), np.float32, len(weights))
        unknown = max(total - known, 0.0)
        length = math.sqrt(float(raw @ raw) + unknown * math.sqrt(self._unknown_idf))
        token_values = raw / max(length, 1e-6)
        pair_ids, pair_values = self._pairs_asked(sorted(weights))
        times = Counter(letter_groups(of_words[:_MOST_TOKENS]))
        group_ids, group_values = self._groups_asked(times)
        columns = np.concatenate(
            [
                self._token_columns(token_ids),
                pair_ids + self._pair_offset,
                self._group_columns(group_ids),
            ]
        )
        values = np.concatenate([token_values, pair_values, group_values]) / _ROOT_OF_BLOCKS
        return Asked(
            sorted_words=" ".join(sorted(of_words[:_MOST_TOKENS])),
            token_ids=token_ids,
            token_values=token_values,
            group_ids=group_ids,
            group_values=group_values,
            columns=columns.astype(np.int32),
            values=values.astype(np.float32),
            mass=total,
            known=known / total if total else 0.0,
            length=len(of_words),
        )

    def _token_columns(self, ids: Ints) -> Ints:
        """Trained tokens come first; learned ones take every other column behind the trained."""
        if len(self._token_idf) == self._pair_offset:
            return ids
        learned = self._trained_columns + 2 * (ids - self._pair_offset)
        return np.where(ids < self._pair_offset, ids, learned)

    def _group_columns(self, ids: Ints) -> Ints:
        trained = self._trained_columns - self._group_offset
        if len(self._group_idf) == trained:
            return ids + self._group_offset
        learned = self._trained_columns + 2 * (ids - trained) + 1
        return np.where(ids < trained, ids + self._group_offset, learned)

    def _pairs_asked(self, ids: list[int]) -> tuple[Ints, Floats]:
        places = pairs_among(self._pairs, np.array(ids, np.int32))
        return places, _unit(np.sqrt(self._pair_idf[places]))

    def _groups_asked(self, counted: Counter[str]) -> tuple[Ints, Floats]:
        groups = self._features.groups
        found = [
            (number, times)
            for group, times in counted.items()
            if (number := groups.get(group)) is not None
        ]
        numbers = np.array([number for number, _ in found], np.int32)
        times = np.array([times for _, times in found], np.float32)
        values = (1 + np.log(times)) * np.sqrt(self._group_idf[numbers])
        missing = sum(counted.values()) - float(times.sum())
        length = math.sqrt(float(values @ values) + missing * self._unknown_idf)
        return numbers, (values / max(length, 1e-6)).astype(np.float32)

    def separate(self, asked: Asked) -> NDArray[np.float64]:
        """Stage one: a score per article, learned phrasings included."""
        inside = asked.columns < self._trained_columns
        scores = self._separator.scores(asked.columns[inside], asked.values[inside])
        if added := len(self.article_ids) - len(scores):
            scores = np.concatenate([scores, np.zeros(added, scores.dtype)])
        if self._learned:
            for column, value in zip(asked.columns.tolist(), asked.values.tolist(), strict=True):
                for article, weight in self._learned.get(column, ()):
                    scores[article] += weight * value
        return scores

    def compare(
        self, asked: Asked, articles: Sequence[int], scores: NDArray[np.float64]
    ) -> list[Evidence]:
        """Stage two: the phrasings of a few articles, one by one. Articles without any fall out."""
        articles = [article for article in articles if len(self._rows_of[article])]
        if not articles:
            return []
        counts = [len(self._rows_of[article]) for article in articles]
        rows = np.concatenate([self._rows_of[article] for article in articles])
        ends = np.cumsum(counts, dtype=np.intp)
        starts: NDArray[np.intp] = ends - np.array(counts)
        ratio = self._ratios(asked, rows)
        soft, covered, covering = self._soft(asked, rows)
        groups = self._grouped(asked, rows)
        closest = ratio + soft + groups
        peaks = np.maximum.reduceat(
            np.stack([ratio, soft, covered, covering, groups]), starts, axis=1
        ).T.tolist()
        phrasings = [
            self.phrasings[rows[start + closest[start:end].argmax()]].text
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        ]
        owned = owning(self._owned, articles, asked.token_ids) @ asked.token_values**2
        return [
            Evidence(
                article=article,
                separated=float(scores[article]),
                ratio=peak[0],
                soft=peak[1],
                covered=peak[2],
                covering=peak[3],
                groups=peak[4],
                owned=share,
                phrasing=phrasing,
            )
            for article, peak, share, phrasing in zip(
                articles, peaks, owned.tolist(), phrasings, strict=True
            )
        ]

    def _ratios(self, asked: Asked, rows: NDArray[np.intp]) -> Floats:
        """rapidfuzz's token_sort_ratio, over words sorted beforehand."""
        choices = list(map(self._sorted.__getitem__, rows.tolist()))
        ratios = process.cdist([asked.sorted_words], choices, scorer=fuzz.ratio, dtype=np.float32)
        found: Floats = ratios[0] / np.float32(100)
        return found

    def _soft(self, asked: Asked, rows: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
        """Soft TF-IDF (Cohen et al. 2003): the question's words, and the near ones of its slips.

        Beside the cosine, the share of the question and of the phrasing that the other one covers.
        """
        question = np.zeros(len(self._token_idf), np.float32)
        question[asked.token_ids] = asked.token_values
        met, own, begins = _picked(question, self._token_rows, rows)
        return (
            np.add.reduceat(met * own, begins),
            np.add.reduceat(met * met, begins),
            np.add.reduceat(np.where(met > 0, own * own, np.float32(0)), begins),
        )

    def _grouped(self, asked: Asked, rows: NDArray[np.intp]) -> Floats:
        """Cosine of letter groups."""
        question = np.zeros(len(self._group_idf), np.float32)
        question[asked.group_ids] = asked.group_values
        met, own, begins = _picked(question, self._group_rows, rows)
        cosine: Floats = np.add.reduceat(met * own, begins)
        return cosine

    # -- learning ---------------------------------------------------------------------------------

    def add(self, article_id: str) -> None:
        """Make room for an article that was not there when the index was built; it is found by the
        phrasings that it then learns."""
        self.article_ids = (*self.article_ids, article_id)
        self._rows_of.append(np.array([], np.intp))

    def learn(self, article_id: str, text: str) -> None:
        """Add a phrasing in place. Features never seen before get numbers beyond the trained ones.

        The separating layer is corrected just enough to give this phrasing its article (one
        passive-aggressive step, Crammer et al. 2006), which leaves other questions nearly alone.
        """
        of_words = words_of(text)
        tokens, groups = self._tokens(of_words), letter_groups(of_words)
        if not tokens:
            return
        article = self.article_ids.index(article_id)
        self._learn_features(of_words, tokens, groups)
        self._append(Phrasing(text, article), of_words, tokens, groups)
        self._correct(article, of_words)

    def _learn_features(self, of_words: list[str], tokens: list[str], groups: list[str]) -> None:
        features = self._features
        new_tokens = [one for one in dict.fromkeys(tokens) if one not in features.tokens]
        new_groups = [one for one in dict.fromkeys(groups) if one not in features.groups]
        once = frequency_weight(1, len(self.article_ids))
        for token in new_tokens:
            features.tokens[token] = len(features.tokens)
        for group in new_groups:
            features.groups[group] = len(features.groups)
        self._token_idf = _extended(self._token_idf, len(new_tokens), once)
        self._group_idf = _extended(self._group_idf, len(new_groups), once)
        for word in of_words:
            self._words.add(word)
            if not is_han(word):
                self._speller.add(word)

    def _append(
        self, phrasing: Phrasing, of_words: list[str], tokens: list[str], groups: list[str]
    ) -> None:
        row = len(self.phrasings)
        self.phrasings.append(phrasing)
        self._sorted.append(" ".join(sorted(of_words)))
        self._rows_of[phrasing.article] = np.append(self._rows_of[phrasing.article], row)
        self._know_exactly(" ".join(of_words), phrasing.article)
        features = self._features
        row_of_tokens = _one_row(tokens, features.tokens, np.sqrt(self._token_idf))
        self._token_rows = self._token_rows.with_row(row_of_tokens)
        self._owned = with_owned(self._owned, phrasing.article, row_of_tokens.ids)
        self._group_rows = self._group_rows.with_row(
            _one_row(groups, features.groups, np.sqrt(self._group_idf))
        )

    def _correct(self, article: int, of_words: list[str]) -> None:
        asked = self.ask(of_words)
        energy = float(asked.values @ asked.values)
        missing = 1.0 - float(self.separate(asked)[article])
        if missing <= 0 or energy <= 0:
            return
        for column, value in zip(asked.columns.tolist(), asked.values.tolist(), strict=True):
            step = missing * value / energy
            self._learned.setdefault(column, []).append((article, step))


def _one_row(found: list[str], numbers: dict[str, int], weigh: Floats) -> Sparse:
    return weighed(counted((numbers[one] for one in found), (len(found),), len(numbers)), weigh)


def _unit(values: Floats) -> Floats:
    length = math.sqrt(float(values @ values))
    return (values / length if length else values).astype(np.float32)


def _picked(
    question: Floats, features: Sparse, rows: NDArray[np.intp]
) -> tuple[Floats, Floats, Longs]:
    """What the question has of each row's features, the rows' own values, where each row begins."""
    entries, begins = features.entries(rows)
    return question.take(features.ids.take(entries)), features.values.take(entries), begins


def _extended(idf: Floats, more: int, value: float) -> Floats:
    return np.concatenate([idf, np.full(more, value, np.float32)]) if more else idf
