"""`knowledge check`: everything a person should look at before the articles go live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.article import Article, Audience, Language, Library
from knowledge.errors import Finding, KnowledgeInvalid, Severity
from knowledge.loading import load_library
from knowledge.matching import Matcher, Query
from knowledge.text import normalised, words

# Enrollment screens change with most product releases; a year without a look is too long.
REVIEW_EVERY: Final = timedelta(days=365)
# token_sort_ratio from which two phrasings differ by a letter or an ending.
_NEARLY_THE_SAME: Final = 91
_FOLDS: Final = 3
_FEWEST_PHRASINGS: Final = 3
# An article is hard to find when fewer of its held-out phrasings than this lead to it first.
_FOUND_AT_LEAST: Final = 1 / 3


def check_knowledge(folder: Path, company: Path | None, today: date) -> tuple[Finding, ...]:
    """Every finding about a knowledge folder, errors first. It takes seconds."""
    try:
        library = load_library(folder, company)
    except KnowledgeInvalid as invalid:
        return _errors_first(invalid.findings)
    return _errors_first(
        (
            *library.warnings,
            *_missing_languages(library),
            *_outdated(library, today),
            *_repeated_phrasings(library),
            *_hard_to_find(library),
        )
    )


def report(findings: Iterable[Finding]) -> tuple[str, int]:
    """The findings as text for a terminal, and the exit code: 1 when there is an error."""
    listed = tuple(findings)
    errors = sum(one.severity is Severity.ERROR for one in listed)
    closing = f"{errors} errors, {len(listed) - errors} warnings"
    return "\n".join((*map(str, listed), closing)) + "\n", 1 if errors else 0


def _errors_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    def order(one: Finding) -> tuple[bool, str, int, str]:
        return one.severity is not Severity.ERROR, str(one.path), one.line or 0, one.problem

    return tuple(sorted(findings, key=order))


def _missing_languages(library: Library) -> Iterator[Finding]:
    """Articles for everyone that lack one of the languages the knowledge base is written in."""
    written = {one.language for one in library.articles if one.audience is Audience.EVERYONE}
    for article_id in library.ids:
        available = library.languages_of(article_id)
        article = library.article(article_id, available[0])
        if article is None or article.audience is not Audience.EVERYONE:
            continue
        missing = [one.value for one in Language if one in written and one not in available]
        if missing:
            problem = f"'{article_id}' is missing in {', '.join(missing)}."
            yield Finding(Path(article.path), None, problem, "Write it in these languages.")


def _outdated(library: Library, today: date) -> Iterator[Finding]:
    for article in library.articles:
        if article.reviewed is None:
            continue
        if article.reviewed > today:
            problem = f"The review date {article.reviewed} lies in the future."
            yield _warning(article, "reviewed:", problem, "Mend the date.")
        elif today - article.reviewed > REVIEW_EVERY:
            problem = f"The last review was on {article.reviewed}."
            yield _warning(article, "reviewed:", problem, "Read it again and set the date.")


def _warning(article: Article, fragment: str, problem: str, mend: str) -> Finding:
    line = _line_of(article, fragment)
    return Finding(Path(article.path), line, problem, mend, Severity.WARNING)


def _line_of(article: Article, fragment: str) -> int | None:
    try:
        lines = Path(article.path).read_text(encoding="utf-8-sig").splitlines()
    except OSError:
        return None
    return next((number for number, line in enumerate(lines, 1) if fragment in line), None)


def _repeated_phrasings(library: Library) -> Iterator[Finding]:
    """Pairs of phrasings of two articles that are the same (an error) or nearly so."""
    for language in Language:
        owned = [
            (article, phrasing, " ".join(sorted(words(normalised(phrasing)))))
            for article in library.articles
            if article.language is language
            for phrasing in article.phrasings
        ]
        for first, second in _near_pairs([key for _, _, key in owned]):
            yield from _pair(*owned[first], *owned[second])


def _near_pairs(keys: list[str]) -> Iterator[tuple[int, int]]:
    """Places of two keys that are nearly the same, the earlier one first."""
    step = 500
    for start in range(0, len(keys), step):
        ratios = process.cdist(
            keys[start : start + step],
            keys,
            scorer=fuzz.ratio,
            score_cutoff=_NEARLY_THE_SAME,
            dtype=np.uint8,
        )
        for row, column in zip(*np.nonzero(ratios), strict=True):
            if start + row < column:
                yield start + int(row), int(column)


def _pair(
    article: Article, phrasing: str, key: str, other: Article, other_phrasing: str, other_key: str
) -> Iterator[Finding]:
    if article.id == other.id or article.audience is not other.audience:
        return
    same = key == other_key
    likeness = "the same" if same else "nearly the same"
    problem = f"'{phrasing}' is {likeness} as '{other_phrasing}' of '{other.id}'."
    severity = Severity.ERROR if same else Severity.WARNING
    line = _line_of(article, phrasing)
    yield Finding(Path(article.path), line, problem, "Keep it where it fits best.", severity)


def _hard_to_find(library: Library) -> Iterator[Finding]:
    """Articles that phrasings held out of them do not find: too few, or too close to others."""
    found: dict[tuple[str, Language], list[bool]] = {}
    for fold in range(_FOLDS):
        kept = [_without_fold(article, fold) for article in library.articles]
        matcher = Matcher(Library(kept))
        for article in library.articles:
            if len(article.phrasings) < _FEWEST_PHRASINGS:
                continue
            for phrasing in article.phrasings[fold::_FOLDS]:
                best = matcher.match(_as_asked(phrasing, article)).best
                hit = best is not None and best.article_id == article.id
                found.setdefault((article.id, article.language), []).append(hit)
    for (article_id, language), hits in found.items():
        owner = library.article(article_id, language)
        if owner is not None and sum(hits) / len(hits) < _FOUND_AT_LEAST:
            problem = f"Only {sum(hits)} of its {len(hits)} phrasings find it when held out."
            mend = "Add phrasings, or sharpen the border to its neighbours."
            yield _warning(owner, "phrasings:", problem, mend)


def _as_asked(phrasing: str, article: Article) -> Query:
    """People ask among what everyone reads; a ticket asks among the runbooks of all tiers."""
    if article.audience is Audience.EVERYONE:
        return Query(phrasing)
    return Query(phrasing, audience=Audience.TIER3, least=Audience.TIER1)


def _without_fold(article: Article, fold: int) -> Article:
    if len(article.phrasings) < _FEWEST_PHRASINGS:
        return article
    kept = tuple(text for at, text in enumerate(article.phrasings) if at % _FOLDS != fold)
    return replace(article, phrasings=kept)
