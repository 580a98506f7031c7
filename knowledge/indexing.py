"""The index of one language: every phrasing in a form that a question can be compared with.

Two stages. First the separating layer and the words' weights score every article at the cost of a
few hundred features; then the best few are compared phrasing by phrasing (rapidfuzz, soft TF-IDF,
letter groups), which is costlier and finer.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from knowledge.article import Language
from knowledge.separating import Floats, Ints, Rows, Separator, train
from knowledge.spelling import SHORTEST_WORD, Speller
from knowledge.synonyms import synonyms_of
from knowledge.text import is_han, letter_groups, normalised, stem, tokens_of, words

_MOST_TOKENS: Final = 40
_SYNONYM_WEIGHT: Final = 0.8
# A summary lends its words to the separating layer; as a whole it is no way to ask.
_WORTH_COMPARING: Final = 0.5
_WIDEST_TOKENS: Final = 24
_WIDEST_GROUPS: Final = 64
_PAIR_BASE: Final = 1 << 24
_ROOT_OF_BLOCKS: Final = math.sqrt(3)

Weighed = tuple[Ints, Floats]
"""Numbers of features, and their values."""


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
    """How well the phrasings of one article meet the question, each between 0 and about 1."""

    article: int
    separated: float
    ratio: float
    soft: float
    covered: float
    covering: float
    groups: float
    phrasing: str


@dataclass(slots=True)
class _Features:
    """Numbers for tokens, pairs of tokens and letter groups."""

    tokens: dict[str, int] = field(default_factory=dict)
    pairs: dict[int, int] = field(default_factory=dict)
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
        self._exact: dict[str, set[int]] = {}
        self._build()

    @property
    def exact(self) -> dict[str, set[int]]:
        """The articles whose phrasing is, apart from case and punctuation, exactly this text."""
        return self._exact

    # -- building ---------------------------------------------------------------------------------

    def _build(self) -> None:
        in_words = [words(normalised(one.text)) for one in self.phrasings]
        in_tokens = [self._tokens(each) for each in in_words]
        in_groups = [letter_groups(each) for each in in_words]
        in_pairs = self._number_features(in_tokens, in_groups)
        self._weigh_features(in_tokens, in_groups, in_pairs)
        self._speller = Speller(word for each in in_words for word in each if not is_han(word))
        self._words = {word for each in in_words for word in each}
        tokens = self._weighed_tokens(in_tokens)
        groups = self._weighed_groups(in_groups)
        self._lay_out(in_words, tokens, groups)
        self._separator = self._train(tokens, in_pairs, groups)

    def _tokens(self, of_words: list[str]) -> list[str]:
        found: list[str] = []
        for word in of_words[:_MOST_TOKENS]:
            found += tokens_of(word, self.language)
            found += self._synonyms.groups_of(word)
        return found[: _MOST_TOKENS * 2]

    def _number_features(
        self, in_tokens: list[list[str]], in_groups: list[list[str]]
    ) -> list[list[int]]:
        """Number every feature; gives the numbers of the pairs in each phrasing.

        Pairs that stand in one phrasing only are left out: they cost memory and bring nothing.
        """
        features = self._features
        for token in chain.from_iterable(in_tokens):
            features.tokens.setdefault(token, len(features.tokens))
        for group in chain.from_iterable(in_groups):
            features.groups.setdefault(group, len(features.groups))
        keys = [self._pair_keys(each) for each in in_tokens]
        for pair, times in Counter(chain.from_iterable(keys)).items():
            if times > 1:
                features.pairs[pair] = len(features.pairs)
        return [[features.pairs[key] for key in each if key in features.pairs] for each in keys]

    def _pair_keys(self, tokens: list[str]) -> list[int]:
        numbers = self._features.tokens
        ids = sorted({numbers[token] for token in tokens[:_MOST_TOKENS]})
        return [
            first * _PAIR_BASE + second
            for place, first in enumerate(ids)
            for second in ids[place + 1 :]
        ]

    def _weigh_features(
        self, in_tokens: list[list[str]], in_groups: list[list[str]], in_pairs: list[list[int]]
    ) -> None:
        """Inverse *article* frequency; its square root weighs tokens, pairs and groups alike.

        By phrasing, the very words of an article with many phrasings would count for little.
        """
        tokens, groups = self._features.tokens, self._features.groups
        self._token_idf = self._idf(
            len(tokens), ([tokens[one] for one in each] for each in in_tokens)
        )
        for token, number in tokens.items():
            if token.startswith("="):
                self._token_idf[number] *= _SYNONYM_WEIGHT**2
        self._pair_idf = self._idf(len(self._features.pairs), in_pairs)
        self._group_idf = self._idf(
            len(groups), ([groups[one] for one in each] for each in in_groups)
        )
        self._unknown_idf = _idf_of(0, len(self.article_ids))

    def _idf(self, size: int, per_phrasing: Iterable[list[int]]) -> Floats:
        owned: list[set[int]] = [set() for _ in self.article_ids]
        for phrasing, ids in zip(self.phrasings, per_phrasing, strict=True):
            owned[phrasing.article].update(ids)
        spread = np.zeros(size, np.int64)
        for each in owned:
            spread[np.fromiter(each, np.int64, len(each))] += 1
        total = len(owned)
        idf: Floats = np.log(1 + (total - spread + 0.5) / (spread + 0.5)).astype(np.float32)
        return idf

    def _weighed_tokens(self, in_tokens: list[list[str]]) -> list[Weighed]:
        weigh, numbers = np.sqrt(self._token_idf), self._features.tokens
        return [_weighed(each, numbers, weigh) for each in in_tokens]

    def _weighed_groups(self, in_groups: list[list[str]]) -> list[Weighed]:
        weigh, numbers = np.sqrt(self._group_idf), self._features.groups
        return [_weighed(each, numbers, weigh) for each in in_groups]

    def _lay_out(
        self, in_words: list[list[str]], tokens: list[Weighed], groups: list[Weighed]
    ) -> None:
        """Padded arrays: row i holds the feature ids and unit-length values of phrasing i."""
        self._sorted = [" ".join(sorted(each)) for each in in_words]
        self._token_rows = _padded(tokens, _WIDEST_TOKENS)
        self._group_rows = _padded(groups, _WIDEST_GROUPS)
        worth_comparing: list[list[int]] = [[] for _ in self.article_ids]
        for row, phrasing in enumerate(self.phrasings):
            if phrasing.weight >= _WORTH_COMPARING:
                worth_comparing[phrasing.article].append(row)
            if phrasing.is_real:
                key = " ".join(in_words[row])
                self._exact.setdefault(key, set()).add(phrasing.article)
        self._rows_of = [np.array(rows, np.intp) for rows in worth_comparing]

    def _train(
        self, tokens: list[Weighed], in_pairs: list[list[int]], groups: list[Weighed]
    ) -> Separator:
        self._pair_offset = len(self._features.tokens)
        self._group_offset = self._pair_offset + len(self._features.pairs)
        self._trained_columns = self._group_offset + len(self._features.groups)
        weigh = np.sqrt(self._pair_idf)
        pairs = [(ids := np.array(each, np.int32), _unit(weigh[ids])) for each in in_pairs]
        parts = ((tokens, 0), (pairs, self._pair_offset), (groups, self._group_offset))
        rows = [
            np.repeat(np.arange(len(part), dtype=np.int32), [len(ids) for ids, _ in part])
            for part, _ in parts
        ]
        columns = [ids + np.int32(offset) for part, offset in parts for ids, _ in part]
        values = [each for part, _ in parts for _, each in part]
        sparse = Rows(
            row=np.concatenate(rows),
            column=_joined(columns, np.int32),
            value=(_joined(values, np.float32) / _ROOT_OF_BLOCKS).astype(np.float32),
            label=np.array([one.article for one in self.phrasings], np.int32),
            weight=np.array([one.weight for one in self.phrasings], np.float32),
            columns=self._trained_columns,
        )
        return train(sparse, len(self.article_ids))

    # -- asking -----------------------------------------------------------------------------------

    def familiarity(self, of_words: list[str]) -> float:
        """The share of the question's words (letters, in Han text) that stand in some phrasing."""
        familiar = total = 0
        for word in of_words[:_MOST_TOKENS]:
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
        for word in of_words[:_MOST_TOKENS]:
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
        """Add the groups of synonyms the word belongs to; tells whether a phrasing knows them."""
        met = False
        for group in self._synonyms.groups_of(word):
            number = self._features.tokens.get(group)
            if number is not None:
                weights[number] = math.sqrt(self._token_idf[number])
                met = True
        return met

    def _spell(self, word: str, weights: dict[int, float], idf: float) -> float:
        """Add the nearest known words, by the cube of their similarity; gives the mass covered."""
        best = 0.0
        for near, similarity in self._speller.near(word):
            number = self._features.tokens.get(stem(near, self.language))
            if number is None:
                continue
            share = similarity**3
            value = share * math.sqrt(self._token_idf[number])
            weights[number] = max(weights.get(number, 0.0), value)
            best = max(best, share)
        return best * idf

    def _assemble(
        self, of_words: list[str], weights: dict[int, float], known: float, total: float
    ) -> Asked:
        token_ids = np.fromiter(weights, np.int32, len(weights))
        raw = np.fromiter(weights.values(), np.float32, len(weights))
        unknown = max(total - known, 0.0)
        length = math.sqrt(float(raw @ raw) + unknown * math.sqrt(self._unknown_idf))
        token_values = raw / max(length, 1e-6)
        pair_ids, pair_values = self._pairs_asked(sorted(weights))
        counted = Counter(letter_groups(of_words[:_MOST_TOKENS]))
        group_ids, group_values = self._groups_asked(counted)
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
        pairs = self._features.pairs
        found = [
            number
            for place, first in enumerate(ids)
            for second in ids[place + 1 :]
            if (number := pairs.get(first * _PAIR_BASE + second)) is not None
        ]
        numbers = np.array(found, np.int32)
        return numbers, _unit(np.sqrt(self._pair_idf[numbers]))

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
        return [
            Evidence(
                article=article,
                separated=float(scores[article]),
                ratio=peak[0],
                soft=peak[1],
                covered=peak[2],
                covering=peak[3],
                groups=peak[4],
                phrasing=phrasing,
            )
            for article, peak, phrasing in zip(articles, peaks, phrasings, strict=True)
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
        ids, values = self._token_rows
        question = np.zeros(len(self._token_idf) + 1, np.float32)
        question[asked.token_ids] = asked.token_values
        met, own = _picked(question, ids, rows), values.take(rows, axis=0)
        soft = np.einsum("rk,rk->r", met, own)
        covered = np.einsum("rk,rk->r", met, met)
        return soft, covered, np.einsum("rk,rk,rk->r", own, own, (met > 0).astype(np.float32))

    def _grouped(self, asked: Asked, rows: NDArray[np.intp]) -> Floats:
        """Cosine of letter groups."""
        ids, values = self._group_rows
        question = np.zeros(len(self._group_idf) + 1, np.float32)
        question[asked.group_ids] = asked.group_values
        met, own = _picked(question, ids, rows), values.take(rows, axis=0)
        cosine: Floats = np.einsum("rk,rk->r", met, own)
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
        of_words = words(normalised(text))
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
        once = _idf_of(1, len(self.article_ids))
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
        self._exact.setdefault(" ".join(of_words), set()).add(phrasing.article)
        self._token_rows = _appended(self._token_rows, self._weighed_tokens([tokens])[0])
        self._group_rows = _appended(self._group_rows, self._weighed_groups([groups])[0])

    def _correct(self, article: int, of_words: list[str]) -> None:
        asked = self.ask(of_words)
        energy = float(asked.values @ asked.values)
        missing = 1.0 - float(self.separate(asked)[article])
        if missing <= 0 or energy <= 0:
            return
        for column, value in zip(asked.columns.tolist(), asked.values.tolist(), strict=True):
            step = missing * value / energy
            self._learned.setdefault(column, []).append((article, step))


def _idf_of(articles_with: int, articles: int) -> float:
    return math.log(1 + (articles - articles_with + 0.5) / (articles_with + 0.5))


def _weighed(found: list[str], numbers: dict[str, int], weigh: Floats) -> Weighed:
    """Distinct features with their values, of unit length together; every one has a number."""
    counted = Counter(found)
    ids = np.fromiter(map(numbers.__getitem__, counted), np.int32, len(counted))
    times = np.fromiter(counted.values(), np.float32, len(counted))
    return ids, _unit((1 + np.log(times)) * weigh[ids])


def _unit(values: Floats) -> Floats:
    length = math.sqrt(float(values @ values))
    return (values / length if length else values).astype(np.float32)


def _padded(rows: list[tuple[Ints, Floats]], widest: int) -> tuple[Ints, Floats]:
    """Equal-length rows; the padding points at the last place, which no question fills."""
    width = min(max((len(ids) for ids, _ in rows), default=1), widest)
    ids = np.full((len(rows), width), -1, np.int32)
    values = np.zeros((len(rows), width), np.float32)
    for place, row in enumerate(rows):
        row_ids, row_values = _heaviest(row, width)
        ids[place, : len(row_ids)] = row_ids
        values[place, : len(row_ids)] = row_values
    return ids, values


def _heaviest(row: tuple[Ints, Floats], width: int) -> tuple[Ints, Floats]:
    ids, values = row
    if len(ids) <= width:
        return row
    kept = np.argsort(-values, kind="stable")[:width]
    return ids[kept], values[kept]


def _picked(question: Floats, ids: Ints, rows: NDArray[np.intp]) -> Floats:
    """What the question has of each row's features; `take` is twice as fast as an index."""
    return question.take(ids.take(rows, axis=0), mode="wrap")


def _extended(idf: Floats, more: int, value: float) -> Floats:
    return np.concatenate([idf, np.full(more, value, np.float32)]) if more else idf


def _appended(rows: tuple[Ints, Floats], row: tuple[Ints, Floats]) -> tuple[Ints, Floats]:
    ids, values = rows
    added_ids, added_values = _padded([row], ids.shape[1])
    gap = ids.shape[1] - added_ids.shape[1]
    added_ids = np.pad(added_ids, ((0, 0), (0, gap)), constant_values=-1)
    added_values = np.pad(added_values, ((0, 0), (0, gap)))
    return np.concatenate([ids, added_ids]), np.concatenate([values, added_values])


def _joined(parts: list[NDArray[Any]], kind: type[np.generic]) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, kind), *parts])
