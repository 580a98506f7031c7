"""The shipped articles: complete, in order, and each found by phrasings held out of it."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from knowledge.article import Article, Audience, Language, Library
from knowledge.loading import company_file_for, load_library
from knowledge.matching import Matcher, Query

FAQ = Path(__file__).parents[2] / "knowledge" / "faq"
FOLDS = 4
FEWEST_PHRASINGS = 15
FEWEST_RUNBOOKS = 10


@lru_cache(maxsize=1)
def library() -> Library:
    return load_library(FAQ, company_file_for(FAQ))


def for_everyone() -> list[Article]:
    return [one for one in library().articles if one.audience is Audience.EVERYONE]


def test_every_article_for_everyone_stands_in_four_languages() -> None:
    missing = [
        one.id for one in for_everyone() if tuple(Language) != library().languages_of(one.id)
    ]

    assert [] == missing


def test_every_article_has_enough_phrasings() -> None:
    short = [
        (one.id, one.language, len(one.phrasings))
        for one in library().articles
        if len(set(one.phrasings)) < FEWEST_PHRASINGS
    ]

    assert [] == short


def test_every_article_has_an_owner_a_review_and_a_summary() -> None:
    bare = [
        (one.id, one.language)
        for one in library().articles
        if not (one.owner and one.reviewed and one.summary)
    ]

    assert [] == bare


def test_there_are_runbooks_for_agents() -> None:
    runbooks = {one.id for one in library().articles if one.audience is not Audience.EVERYONE}

    assert FEWEST_RUNBOOKS <= len(runbooks)


@lru_cache(maxsize=1)
def share_among_three() -> dict[tuple[str, Language], float]:
    """Per article, how many of its phrasings find it among the first three when held out."""
    hits: dict[tuple[str, Language], list[bool]] = {}
    for fold in range(FOLDS):
        kept = [
            replace(
                one, phrasings=tuple(p for at, p in enumerate(one.phrasings) if at % FOLDS != fold)
            )
            for one in library().articles
        ]
        matcher = Matcher(Library(kept))
        for one in for_everyone():
            for phrasing in one.phrasings[fold::FOLDS]:
                found = matcher.match(Query(phrasing)).candidates[:3]
                hit = one.id in [candidate.article_id for candidate in found]
                hits.setdefault((one.id, one.language), []).append(hit)
    return {key: sum(found) / len(found) for key, found in hits.items()}


@pytest.mark.parametrize("language", list(Language))
def test_every_article_is_found_by_phrasings_held_out_of_it(language: Language) -> None:
    hard = {
        article_id: share
        for (article_id, of), share in share_among_three().items()
        if of is language and share < 0.4
    }

    assert {} == hard


@pytest.mark.parametrize("language", list(Language))
def test_held_out_phrasings_find_their_article_more_often_than_not(language: Language) -> None:
    shares = [share for (_, of), share in share_among_three().items() if of is language]

    assert 0.75 < sum(shares) / len(shares)
