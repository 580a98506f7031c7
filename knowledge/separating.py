"""A linear layer that learns, from the phrasings alone, which features tell articles apart.

One ridge regression per article against the others (kernel form, solved at load): rare words that
only one phrasing happens to hold count for little, words that separate neighbouring articles count
for much. On CLINC150 it is worth five points over the best similarity to single phrasings.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

_PENALTY: Final = 0.3
# Ridge needs memory and time that grow with the square and cube of the rows, so a large knowledge
# base is cut into blocks of articles, each told apart within its block.
_ROWS_PER_BLOCK: Final = 1_800
# Weights below this share of the largest one of their feature are left out. That keeps one in five
# and moves no result; from .15 on the order suffers. Nor are there ever more than so many per
# feature.
_KEPT: Final = 32
_LEAST_SHARE: Final = 0.1
_FREQUENT: Final = 24
_CHUNK: Final = 2_048


@dataclass(frozen=True, slots=True)
class Rows:
    """Sparse rows, one per phrasing: entry k gives row `row[k]` the `value[k]` in `column[k]`."""

    row: Ints
    column: Ints
    value: Floats
    label: Ints
    weight: Floats
    columns: int

    @property
    def count(self) -> int:
        return len(self.label)


@dataclass(frozen=True, slots=True)
class Separator:
    """Per feature the articles it speaks for or against, and how much.

    The entries of feature f lie at `start[f]` to `start[f + 1]`, in small numbers: they are most of
    what an index takes.
    """

    start: NDArray[np.int64]
    article: NDArray[np.integer]
    weight: NDArray[np.float16]
    articles: int

    def scores(self, columns: Ints, values: Floats) -> NDArray[np.float64]:
        """One score per article: about 1 for a phrasing of that article, about 0 for others."""
        first = self.start[columns]
        counts = self.start[columns + 1] - first
        ends = np.cumsum(counts)
        shift = np.repeat(first - ends + counts, counts)
        entries = shift + np.arange(ends[-1] if len(ends) else 0)
        weights = self.weight.take(entries) * np.repeat(values, counts)
        scores = np.bincount(self.article.take(entries), weights, self.articles)
        return scores.astype(np.float64)


def train(rows: Rows, articles: int) -> Separator:
    """Fit the layer. Deterministic for the same rows in the same order."""
    order = np.argsort(rows.row, kind="stable")
    starts = np.searchsorted(rows.row[order], np.arange(rows.count + 1))
    pieces = [_nothing()]
    for first, last, low, high in _blocks(rows.label):
        entries = order[starts[first] : starts[last]]
        columns, local = np.unique(rows.column[entries], return_inverse=True)
        block = Rows(
            row=(rows.row[entries] - first).astype(np.int32),
            column=local.astype(np.int32),
            value=rows.value[entries],
            label=(rows.label[first:last] - low).astype(np.int32),
            weight=rows.weight[first:last],
            columns=len(columns),
        )
        pieces.append(_worth_keeping(_fit(block, high - low), columns, low))
    return _assembled(pieces, rows.columns, articles)


def _blocks(label: Ints) -> list[tuple[int, int, int, int]]:
    """(first row, last row, first article, last article) of blocks of about equal size.

    Labels are ascending.
    """
    if not len(label):
        return []
    articles = int(label[-1]) + 1
    edges = np.searchsorted(label, np.arange(articles + 1))
    count = min(articles, -(-len(label) // _ROWS_PER_BLOCK))
    goals = np.linspace(0, len(label), count + 1)[1:-1]
    cuts = sorted({0, articles, *(int(np.searchsorted(edges, goal)) for goal in goals)})
    return [
        (int(edges[low]), int(edges[high]), low, high)
        for low, high in pairwise(cuts)
        if edges[low] < edges[high]
    ]


def _fit(rows: Rows, articles: int) -> Floats:
    """Weights by feature and article (columns x articles)."""
    kernel = _gram(rows)
    kernel[np.diag_indices_from(kernel)] += _PENALTY / np.maximum(rows.weight, 1e-3)
    target = np.zeros((rows.count, articles), np.float32)
    target[np.arange(rows.count), rows.label] = 1
    dual = np.linalg.solve(kernel, target).astype(np.float32)
    return _by_feature(rows, dual)


def _by_feature(rows: Rows, dual: Floats) -> Floats:
    """What the rows' weights come to for each feature, by runs of entries of the same feature.

    Every column stands in some row.
    """
    order = np.argsort(rows.column, kind="stable")
    begins = np.searchsorted(rows.column[order], np.arange(rows.columns + 1))
    fitted = np.zeros((rows.columns, dual.shape[1]), np.float32)
    for first in range(0, rows.columns, _CHUNK):
        last = min(first + _CHUNK, rows.columns)
        entries = order[begins[first] : begins[last]]
        shares = rows.value[entries, None] * dual[rows.row[entries]]
        np.add.reduceat(shares, begins[first:last] - begins[first], axis=0, out=fitted[first:last])
    return fitted


def _gram(rows: Rows) -> Floats:
    """All products of two rows: by matrix for frequent features, pair by pair for rare ones."""
    frequency = np.bincount(rows.column, minlength=rows.columns)
    order = np.argsort(frequency[rows.column] * rows.columns + rows.column, kind="stable")
    often = frequency[rows.column] > _FREQUENT
    frequent_columns, local = np.unique(rows.column[often], return_inverse=True)
    dense = np.zeros((rows.count, len(frequent_columns)), np.float32)
    dense[rows.row[often], local] = rows.value[often]
    kernel = (dense @ dense.T).astype(np.float64)
    places, products = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
    position = 0
    per_frequency = np.bincount(frequency, minlength=_FREQUENT + 1)
    for times in range(1, _FREQUENT + 1):
        many = int(per_frequency[times])
        entries = order[position : position + many * times].reshape(many, times)
        position += many * times
        row, value = rows.row[entries].astype(np.int64), rows.value[entries]
        places.append((row[:, :, None] * rows.count + row[:, None, :]).ravel())
        products.append((value[:, :, None] * value[:, None, :]).ravel())
    flat = np.bincount(np.concatenate(places), np.concatenate(products), rows.count**2)
    return (kernel + flat.reshape(kernel.shape)).astype(np.float32)


Piece = tuple[Ints, Ints, Floats]
"""Weights one by one: columns, articles and the weights themselves."""


def _nothing() -> Piece:
    return np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.float32)


def _worth_keeping(fitted: Floats, columns: Ints, low: int) -> Piece:
    """The weights of a block that are not too small beside the largest one of their feature."""
    size = np.abs(fitted)
    at, article = np.nonzero(size > _LEAST_SHARE * size.max(axis=1, keepdims=True))
    return columns[at].astype(np.int32), (article + low).astype(np.int32), fitted[at, article]


def _assembled(pieces: list[Piece], columns: int, articles: int) -> Separator:
    """All blocks' weights, feature by feature; of many blocks the largest ones."""
    column, article, weight = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
    if articles > _KEPT:
        largest = _largest(column, weight, columns)
        column, article, weight = column[largest], article[largest], weight[largest]
    order = np.argsort(column, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(column, minlength=columns))])
    small = np.uint16 if articles <= np.iinfo(np.uint16).max else np.int32
    return Separator(
        start, article[order].astype(small), weight[order].astype(np.float16), articles
    )


def _largest(column: Ints, weight: Floats, columns: int) -> NDArray[np.int64]:
    """The places of the largest weights of each feature.

    The bits of positive floats are in the order of their values, so one number holds both keys.
    """
    size = np.abs(weight).view(np.uint32).astype(np.int64)
    order = np.argsort((column.astype(np.int64) << 32) - size, kind="stable")
    ordered = column[order]
    begins = np.searchsorted(ordered, np.arange(columns))
    return order[np.arange(len(order)) - begins[ordered] < _KEPT]
