"""The numbered steps of a guide, ticked off."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from knowledge.article import Language
from knowledge.checklist import (
    GUIDES,
    Checklist,
    checklist_id,
    language_of,
    progress,
    steps_of,
    ticked,
    unticked,
)
from knowledge.watching import Knowledge

NOW = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
ID = checklist_id("T1", "U1", "enroll-ios")
EMPTY = Checklist(ID, "T1", "U1", "enroll-ios", Language.EN, (), NOW)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("article_id", GUIDES.values())
def test_every_guide_has_steps_in_every_language(
    knowledge: Knowledge, article_id: str, language: Language
) -> None:
    article = knowledge.current.library.article(article_id, language)

    assert article is not None
    assert 3 <= len(steps_of(article)) <= 20


def test_a_guide_that_was_begun_stays_in_its_language() -> None:
    assert Language.SV is language_of(None, Language.SV)
    assert Language.SV is language_of(EMPTY, Language.SV)
    assert Language.EN is language_of(ticked(EMPTY, 1, NOW), Language.SV)


def test_ticking_twice_counts_once_and_a_tick_can_be_taken_back() -> None:
    once = ticked(ticked(EMPTY, 2, NOW), 2, NOW)

    assert (2,) == once.done
    assert () == unticked(once, 2, NOW).done
    assert () == unticked(EMPTY, 2, NOW).done


def test_progress_counts_only_steps_that_the_guide_still_has() -> None:
    checklist = replace(EMPTY, done=(0, 1, 3, 4))

    assert 2 == progress(checklist, 3)
    assert 0 == progress(None, 3)
