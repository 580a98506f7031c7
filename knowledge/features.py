"""Sparse rows of numbered features: counted, weighed, paired, all phrasings at once.

A feature is a token, an unordered pair of tokens or a letter group. Whole arrays and no object per
entry: a hundred thousand phrasings hold some ten million pairs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Ints: TypeAlias = NDArray[np.int32]
Longs: TypeAlias = NDArray[np.int64]

# A pair's key is its first number times this plus its second one.
_PAIR_BASE: Final = 1 << 24


class Sparse(NamedTuple):
    """Rows of features without repeats; row i lies at `start[i]` to `start[i + 1]`."""

    start: Longs
    ids: Ints
    values: Floats

    @property
    def height(self) -> int:
        return len(self.start) - 1

    @property
    def rows(self) -> Longs:
        """The row of each entry."""
        return np.repeat(np.arange(self.height), np.diff(self.start))

    def only(self, wanted: NDArray[np.bool_]) -> Sparse:
        """The same rows, those not wanted emptied."""
        kept = np.repeat(wanted, np.diff(self.start))
        return Sparse(
            _starts(np.where(wanted, np.diff(self.start), 0)), self.ids[kept], self.values[kept]
        )

    def with_row(self, row: Sparse) -> Sparse:
        """These rows and one more at the end."""
        return Sparse(
            np.append(self.start, self.start[-1] + len(row.ids)),
            np.concatenate([self.ids, row.ids]),
            np.concatenate([self.values, row.values]),
        )

    def entries(self, rows: NDArray[np.intp]) -> tuple[Longs, Longs]:
        """Where the entries of some rows lie, one row after the other, and where each begins."""
        first = self.start[rows]
        counts = self.start[rows + 1] - first
        begins = np.cumsum(counts) - counts
        return np.repeat(first - begins, counts) + np.arange(counts.sum()), begins


def counted(numbers: Iterable[int], lengths: Iterable[int], width: int) -> Sparse:
    """Rows from the numbers of all their features in a row; values are how often each stands."""
    ids, sizes = _longs(numbers), _longs(lengths)
    keys = np.repeat(np.arange(len(sizes)), sizes) * max(width, 1) + ids
    distinct, times = np.unique(keys, return_counts=True)
    row, column = np.divmod(distinct, max(width, 1))
    return Sparse(
        _starts(np.bincount(row, minlength=len(sizes))),
        column.astype(np.int32),
        times.astype(np.float32),
    )


def weighed(times: Sparse, weigh: Floats) -> Sparse:
    """Rows of unit length: each feature by its weight, and by the logarithm of how often it is."""
    values = (1 + np.log(times.values)) * weigh[times.ids]
    length = np.sqrt(np.bincount(times.rows, values * values, minlength=times.height))
    scaled = values / np.maximum(length, 1e-9)[times.rows]
    return Sparse(times.start, times.ids, scaled.astype(np.float32))


def inverse_frequency(rows: Sparse, article: Ints, articles: int, width: int) -> Floats:
    """Inverse *article* frequency of each feature. By phrasing, the very words of an article with
    many phrasings would count for little."""
    owned = np.unique(article[rows.rows].astype(np.int64) * max(width, 1) + rows.ids)
    spread = np.bincount(owned % max(width, 1), minlength=width)
    idf: Floats = np.log(1 + (articles - spread + 0.5) / (spread + 0.5)).astype(np.float32)
    return idf


def frequency_weight(articles_with: int, articles: int) -> float:
    """The inverse article frequency of one feature."""
    return math.log(1 + (articles - articles_with + 0.5) / (articles_with + 0.5))


def repeated_pairs(rows: Sparse) -> tuple[Longs, Sparse]:
    """The keys of the pairs that stand in several rows, ascending, and each row's places in them.

    Pairs that stand in one row only are left out: they cost memory and bring nothing.
    """
    keys, row = _all_pairs(rows)
    ordered = np.sort(keys)
    kept = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    places, met = _places(kept, keys)
    places, row = places[met], row[met]
    order = np.argsort(row, kind="stable")
    start = _starts(np.bincount(row, minlength=rows.height))
    return kept, Sparse(start, places[order].astype(np.int32), np.ones(len(order), np.float32))


def pairs_among(kept: Longs, ids: Ints) -> Ints:
    """The places in `kept` of all pairs of these ascending numbers that are there."""
    first, second = _corners(len(ids))
    long = ids.astype(np.int64)
    places, met = _places(kept, long[first] * _PAIR_BASE + long[second])
    return places[met].astype(np.int32)


def owned_features(rows: Sparse, article: Ints) -> Longs:
    """Keys of an article and a feature that stands in any of its rows, ascending."""
    return np.unique(article[rows.rows].astype(np.int64) * _PAIR_BASE + rows.ids)


def owning(kept: Longs, articles: Sequence[int], ids: Ints) -> NDArray[np.bool_]:
    """Whether each article (rows) has each feature (columns)."""
    keys = np.array(articles, np.int64)[:, None] * _PAIR_BASE + ids
    return _places(kept, keys)[1]


def with_owned(kept: Longs, article: int, ids: Ints) -> Longs:
    """The keys and those of more features of one article."""
    keys = np.unique(article * _PAIR_BASE + ids.astype(np.int64))
    _, there = _places(kept, keys)
    return np.insert(kept, np.searchsorted(kept, keys[~there]), keys[~there])


def _all_pairs(rows: Sparse) -> tuple[Longs, Longs]:
    """Keys of all pairs within a row and their rows; rows of one size go together."""
    sizes = np.diff(rows.start)
    keys, of_row = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for size in np.unique(sizes[sizes > 1]).tolist():
        alike = np.nonzero(sizes == size)[0]
        table = rows.ids[rows.start[alike][:, None] + np.arange(size)].astype(np.int64)
        first, second = _corners(size)
        keys.append((table[:, first] * _PAIR_BASE + table[:, second]).ravel())
        of_row.append(np.repeat(alike, len(first)))
    return np.concatenate(keys), np.concatenate(of_row)


@lru_cache(maxsize=128)
def _corners(size: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return np.triu_indices(size, 1)


def _places(kept: Longs, keys: Longs) -> tuple[Longs, NDArray[np.bool_]]:
    """Where each key would stand among the kept ones, and whether it stands there."""
    if not len(kept):
        return np.zeros(keys.shape, np.int64), np.zeros(keys.shape, np.bool_)
    places = np.minimum(np.searchsorted(kept, keys), len(kept) - 1)
    return places, kept[places] == keys


def _starts(counts: NDArray[np.integer]) -> Longs:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])


def _longs(numbers: Iterable[int]) -> Longs:
    return np.fromiter(numbers, np.int64)
