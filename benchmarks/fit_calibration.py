"""Fit knowledge/calibration.json on knowledge bases held out from themselves.

    python benchmarks/fit_calibration.py knowledge/faq [MORE ...] [--write]

Each argument is a knowledge folder, or a JSONL file with lines {"article": id, "phrasings": [...]}.
In each of eight rounds an eighth of the phrasings and of the articles is left out; the matcher is
built from the rest and asked the phrasings that it does not hold. A left-out article's phrasings
have no right answer, and so have the general ones of benchmarks/out_of_scope.yaml; a fifth of the
questions gets one or two slips of the keyboard. Then two small logistic models are fitted: which
candidate is right (softmax over the candidates), and whether the first one is.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import yaml
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.slips import with_slips
from knowledge.article import Article, Audience, Language, Library
from knowledge.calibration import (
    CONFIDENCE_FEATURES,
    RANK_FEATURES,
    SHIPPED,
    Calibration,
)
from knowledge.extraction import extract
from knowledge.language import detect_language
from knowledge.loading import company_file_for, load_library
from knowledge.matching import Matcher, Query
from knowledge.ranking import Compared, confidence_features

ROUNDS: Final = 8
# The share of answers given without asking back that may be wrong here, out of scope included.
# Held-out phrasings are harder than people's questions (P@1 .73 against .91): their writers were
# asked to make no two alike, and each takes an eighth of its article's phrasings along. So it is
# about three times the share that is wanted in use, which is 3 to 4 %.
WRONG_AT_MOST: Final = 0.1
SUGGEST_AT: Final = 0.22
# With these a quarter of all questions has no right answer, as in a channel of a workplace: the
# phrasings of articles left out, and what people ask beside the subject.
LEFT_OUT_WEIGHT: Final = 1.0
OUTSIDE_WEIGHT: Final = 10.0
_OUT_OF_SCOPE: Final = Path(__file__).with_name("out_of_scope.yaml")

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Held:
    """A question the matcher has not seen, with what it met. `expected` None: out of scope."""

    source: str
    expected: str | None
    compared: Compared
    weight: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("knowledge", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true", help=f"write {SHIPPED.name}")
    arguments = parser.parse_args()
    started_from = unfitted()
    held = [
        each
        for path in arguments.knowledge
        for each in held_out(path.name, library_of(path), started_from)
    ]
    fitted = fit(held, tuple(path.name for path in arguments.knowledge))
    print(fitted.to_json())
    for source in sorted({each.source for each in held}):
        print(summary(source, [each for each in held if each.source == source], fitted))
    if arguments.write:
        SHIPPED.write_text(fitted.to_json(), encoding="utf-8")
    return 0


def unfitted() -> Calibration:
    """All evidence alike: enough to collect it, whichever features the shipped file knows."""
    alike = np.ones(len(RANK_FEATURES))
    return Calibration(alike, np.ones(len(CONFIDENCE_FEATURES)), 0.0, 0.9, SUGGEST_AT)


def library_of(path: Path) -> Library:
    if path.is_dir():
        return load_library(path, company_file_for(path))
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return Library(
        Article(
            id=line["article"],
            language=Language.from_tag(line.get("lang", "en")) or Language.EN,
            title=line.get("title", line["article"].replace("_", " ")),
            phrasings=tuple(line["phrasings"]),
        )
        for line in lines
        if "article" in line
    )


def held_out(source: str, library: Library, calibration: Calibration) -> Iterator[Held]:
    outside = yaml.safe_load(_OUT_OF_SCOPE.read_text(encoding="utf-8"))
    languages = {one.language for one in library.articles}
    for turn in range(ROUNDS):
        chance = random.Random(turn)
        absent = {one for one in library.ids if _bucket(one, 31) == turn}
        kept = [_without_turn(one, turn) for one in library.articles if one.id not in absent]
        matcher = Matcher(Library(kept), calibration)
        for article in library.articles:
            if article.audience is not Audience.EVERYONE:
                continue
            expected = None if article.id in absent else article.id
            for text in _of_turn(article, turn):
                weight = 1.0 if expected else LEFT_OUT_WEIGHT
                yield _ask(source, matcher, _hurried(text, chance), expected, weight)
        if len(library.ids) < 100:
            for language in sorted(languages):
                for text in outside[language.value][turn::ROUNDS]:
                    yield _ask(source, matcher, text, None, OUTSIDE_WEIGHT)


def _bucket(text: str, salt: int) -> int:
    return zlib.crc32(f"{salt}{text}".encode()) % ROUNDS


def _without_turn(article: Article, turn: int) -> Article:
    left = tuple(text for at, text in enumerate(article.phrasings) if at % ROUNDS != turn)
    return replace(article, phrasings=left)


def _of_turn(article: Article, turn: int) -> tuple[str, ...]:
    return article.phrasings[turn::ROUNDS]


def _hurried(text: str, chance: random.Random) -> str:
    return with_slips(text, chance.randint(1, 2), chance) if chance.random() < 1 / 5 else text


def _ask(source: str, matcher: Matcher, text: str, expected: str | None, weight: float) -> Held:
    compared = matcher.compare(Query(text), extract(text), detect_language(text))
    return Held(source, expected, compared, weight)


def fit(held: Sequence[Held], fitted_on: tuple[str, ...]) -> Calibration:
    rank = _fit_rank([one for one in held if one.expected is not None])
    features, right = _confidence_rows(held, rank)
    weights = np.array([one.weight for one in held if one.compared.contenders])
    confidence, bias = _fit_logistic(features, right, weights)
    sure = 1 / (1 + np.exp(-(features @ confidence + bias)))
    return Calibration(
        rank=rank,
        confidence=confidence,
        bias=bias,
        answer_at=_threshold(sure, right, weights),
        suggest_at=SUGGEST_AT,
        fitted_on=(*fitted_on, _OUT_OF_SCOPE.name),
    )


def _fit_rank(held: Sequence[Held]) -> Vector:
    """Softmax regression over the candidates of each question, by gradient descent (Adam)."""
    groups = [
        (one.compared.rows, at)
        for one in held
        for at, contender in enumerate(one.compared.contenders)
        if contender.article.id == one.expected
    ]
    most = max(len(rows) for rows, _ in groups)
    table = np.zeros((len(groups), most, len(RANK_FEATURES)))
    mask = np.full((len(groups), most), -1e9)
    target = np.array([at for _, at in groups])
    for number, (rows, _) in enumerate(groups):
        table[number, : len(rows)] = rows
        mask[number, : len(rows)] = 0
    weights = np.zeros(len(RANK_FEATURES))
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, 1501):
        logits = table @ weights + mask
        share = np.exp(logits - logits.max(1, keepdims=True))
        share /= share.sum(1, keepdims=True)
        share[np.arange(len(groups)), target] -= 1
        gradient = np.einsum("nk,nkf->f", share, table) / len(groups) + 1e-4 * weights
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        rate = 0.1 if step < 1000 else 0.02
        weights = weights - rate * (first / (1 - 0.9**step)) / (
            np.sqrt(second / (1 - 0.999**step)) + 1e-8
        )
    return weights


def _confidence_rows(held: Sequence[Held], rank: Vector) -> tuple[Vector, Vector]:
    features, right = [], []
    for one in held:
        if not one.compared.contenders:
            continue
        scores = one.compared.rows @ rank
        order = np.argsort(-scores, kind="stable")
        ordered = replace(one.compared, rows=one.compared.rows[order], scores=scores[order])
        features.append(confidence_features(ordered, rank))
        best = one.compared.contenders[int(order[0])].article.id
        right.append(float(best == one.expected))
    return np.array(features), np.array(right)


def _fit_logistic(features: Vector, right: Vector, weights: Vector) -> tuple[Vector, float]:
    """Newton's method with a small ridge on standardised features."""
    mean, spread = features.mean(0), features.std(0) + 1e-9
    table = np.hstack([(features - mean) / spread, np.ones((len(features), 1))])
    fitted = np.zeros(table.shape[1])
    penalty = np.diag([*[1.0] * features.shape[1], 1e-6])
    for _ in range(30):
        share = 1 / (1 + np.exp(-table @ fitted))
        gradient = table.T @ (weights * (share - right)) + penalty @ fitted
        curvature = (table * (weights * share * (1 - share))[:, None]).T @ table + penalty
        fitted = fitted - np.linalg.solve(curvature, gradient)
    slopes = fitted[:-1] / spread
    return slopes, float(fitted[-1] - slopes @ mean)


def _threshold(sure: Vector, right: Vector, weights: Vector) -> float:
    """The lowest confidence from which on at most the allowed share of answers is wrong."""
    order = np.argsort(-sure)
    shown = np.cumsum(weights[order])
    wrong = np.cumsum(weights[order] * (1 - right[order])) / shown
    allowed = np.nonzero(wrong <= WRONG_AT_MOST)[0]
    return float(sure[order][allowed[-1]]) if len(allowed) else 0.95


def summary(source: str, held: Sequence[Held], fitted: Calibration) -> str:
    features, right = _confidence_rows(held, fitted.rank)
    sure = 1 / (1 + np.exp(-(features @ fitted.confidence + fitted.bias)))
    inside = np.array([one.expected is not None for one in held if one.compared.contenders])
    shown = sure >= fitted.answer_at
    order = np.argsort(-sure)
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.nonzero(precision >= 0.95)[0]
    coverage = right[order][: enough[-1] + 1].sum() / inside.sum() if len(enough) else 0.0
    return (
        f"{source}: {len(held)} questions, P@1 {right[inside].mean():.3f}, "
        f"answered {shown[inside].mean():.3f}, wrong of shown {1 - right[shown].mean():.3f}, "
        f"out of scope answered {shown[~inside].mean():.3f}, coverage at 95 % {coverage:.3f}"
    )


if __name__ == "__main__":
    sys.exit(main())
