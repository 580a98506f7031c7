"""From evidence to an order of candidates, and from the order to a confidence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from knowledge.article import Article, Language, Platform
from knowledge.calibration import RANK_FEATURES, Calibration
from knowledge.indexing import Evidence

_SEPARATED: Final = RANK_FEATURES.index("separated")
_RATIO: Final = RANK_FEATURES.index("ratio")
_SOFT: Final = RANK_FEATURES.index("soft")
_COVERED: Final = RANK_FEATURES.index("covered")
_OWNED: Final = RANK_FEATURES.index("owned")

Vector: TypeAlias = NDArray[np.float64]

# As many articles are compared as this.
MOST_CONTENDERS: Final = 6
# The usual evidence for an article that is not meant (the median over held-out phrasings, columns
# as RANK_FEATURES). In a small library such strangers stand where other articles would.
_STRANGER: Final = np.array([0.13, 0.5, 0.22, 0.19, 0.25, 0.18, 0.31, 0.0, 0.0, 1.0])


class Contender(NamedTuple):
    """One article in one language with its evidence; `weight`: how likely the language is meant."""

    article: Article
    language: Language
    weight: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Compared:
    """The contenders of a question, best first, with their evidence (rows) and scores.

    `known` is the share of the question's weight that the phrasings know, near words and synonyms
    in part.
    """

    contenders: tuple[Contender, ...]
    rows: Vector
    scores: Vector
    known: float


# A phrasing with nearly the same words, but for one that says nothing or for an ending. Of 195
# held-out phrasings that met one, 194 had found their article, also where neighbours stood close.
_SAME_WORDS: Final = 0.95
_SAME_LETTERS: Final = 0.85
_NEARLY_CERTAIN: Final = 0.95


def rank_features(contenders: Sequence[Contender], platforms: frozenset[Platform]) -> Vector:
    """One row per contender, columns as RANK_FEATURES."""
    return np.array([_row(one, platforms) for one in contenders], np.float64)


def _row(one: Contender, platforms: frozenset[Platform]) -> list[float]:
    evidence, weight = one.evidence, one.weight
    bound = one.article.platforms
    return [
        evidence.separated * weight,
        evidence.ratio,
        evidence.soft,
        evidence.covered,
        evidence.covering,
        evidence.groups,
        evidence.owned,
        float(bool(platforms & bound)),
        float(bool(platforms and bound and not platforms & bound)),
        weight,
    ]


def confidence_features(compared: Compared, rank: Vector) -> Vector:
    """What speaks for the first contender, in the order of CONFIDENCE_FEATURES.

    Few on purpose: others (docs/matching.md) moved nothing on held-out phrasings.
    """
    rows, scores = compared.rows, compared.scores
    strangers = max(MOST_CONTENDERS - len(rows), 0)
    rivals = np.vstack([rows[1:], *[_STRANGER] * strangers])
    beside = np.concatenate([scores, np.full(strangers, _STRANGER @ rank)]) - scores[0]
    first = rows[0]
    return np.array(
        [
            first[_SEPARATED],
            first[_SEPARATED] - rivals[0, _SEPARATED],
            1 / np.exp(np.minimum(beside, 30)).sum(),
            first[_RATIO],
            compared.known,
            first[_COVERED],
            first[_OWNED],
            first[_OWNED] - rivals[:, _OWNED].max(),
        ]
    )


def confidences(calibration: Calibration, compared: Compared) -> Vector:
    """A probability per contender that it is the right one; together at most 1."""
    features = confidence_features(compared, calibration.rank)
    first = _logistic(float(features @ calibration.confidence) + calibration.bias)
    if _is_nearly_word_for_word(compared.rows):
        first = max(first, _NEARLY_CERTAIN)
    relative = np.exp(compared.scores - compared.scores[0])
    rest = relative[1:] / max(relative[1:].sum(), 1.0)
    return np.concatenate([[first], np.minimum(rest * (1 - first), first)])


def _is_nearly_word_for_word(rows: Vector) -> bool:
    """Whether a phrasing of the first contender, and of no other, is nearly what was asked."""
    nearly = (rows[:, _SOFT] > _SAME_WORDS) & (rows[:, _RATIO] > _SAME_LETTERS)
    return bool(nearly[0]) and not nearly[1:].any()


def _logistic(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(min(value, 30.0), -30.0)))
