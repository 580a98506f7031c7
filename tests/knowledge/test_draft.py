"""A draft is read by a second person before it answers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from knowledge.article import Audience, Language, Library, Platform
from knowledge.draft import (
    LONGEST_TITLE,
    MOST_PHRASINGS,
    Draft,
    DraftRefusal,
    DraftRefused,
    DraftState,
    Written,
    article_id,
    article_of,
    checked,
    discarded,
    edited,
    published,
)
from knowledge.lesson import LONGEST_PHRASING
from knowledge.loading import LONGEST_BODY
from knowledge.matching import Matcher, Outcome, Query

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WRITTEN = Written(
    title="The wobbling walrus",
    phrasings=("my walrus wobbles",),
    body="Hold it still.\n\n## Windows {windows}\n\nRestart it.",
    language=Language.EN,
)
DRAFT = Draft("T1/1", "T1", "the-wobbling-walrus-t12", WRITTEN, "tia", NOW, "#12")


def refusal_of(written: Written) -> DraftRefusal | None:
    try:
        checked(written)
    except DraftRefused as no:
        return no.refusal
    return None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"title": " \n "}, DraftRefusal.EMPTY),
        ({"phrasings": ()}, DraftRefusal.EMPTY),
        ({"phrasings": ("  ",)}, DraftRefusal.EMPTY),
        ({"body": "\n"}, DraftRefusal.EMPTY),
        ({"title": "x" * LONGEST_TITLE}, None),
        ({"title": "x" * (LONGEST_TITLE + 1)}, DraftRefusal.TOO_LONG),
        ({"body": "x" * LONGEST_BODY}, None),
        ({"body": "x" * (LONGEST_BODY + 1)}, DraftRefusal.TOO_LONG),
        ({"phrasings": ("x" * LONGEST_PHRASING,)}, None),
        ({"phrasings": ("x" * (LONGEST_PHRASING + 1),)}, DraftRefusal.TOO_LONG),
        ({"phrasings": tuple(map(str, range(MOST_PHRASINGS)))}, None),
        ({"phrasings": tuple(map(str, range(MOST_PHRASINGS + 1)))}, DraftRefusal.TOO_LONG),
        ({"body": "Call {{helpdesk}}."}, DraftRefusal.PLACEHOLDER),
        ({"body": "Call {helpdesk}."}, None),
        ({"body": "x\n\n## Toaster {toaster}\n\ny"}, DraftRefusal.HEADING),
    ],
)
def test_what_cannot_become_an_article_is_refused(
    changes: dict[str, object], expected: DraftRefusal | None
) -> None:
    assert expected == refusal_of(replace(WRITTEN, **changes))  # type: ignore[arg-type]


def test_blanks_and_lines_said_twice_are_dropped() -> None:
    untidy = replace(WRITTEN, title=" The  walrus ", phrasings=("a  b", "", "a b"), body="\nx\n")

    tidy = checked(untidy)

    assert ("The walrus", ("a b",), "x") == (tidy.title, tidy.phrasings, tidy.body)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("The wobbling walrus!", "the-wobbling-walrus-t12"),
        ("Outlook: e-mail & agenda", "outlook-e-mail-agenda-t12"),
        ("公司入口網站打不開", "公司入口網站打不開-t12"),
        ("???", "article-t12"),
        ("x" * 75, f"{'x' * 60}-t12"),
    ],
)
def test_the_id_is_made_of_the_title(title: str, expected: str) -> None:
    assert expected == article_id(title, "t12")


def test_another_person_publishes_what_they_read() -> None:
    done = published(DRAFT, "ada", 1, NOW)

    assert (DraftState.PUBLISHED, "ada", NOW) == (done.state, done.decided_by, done.decided_at)


def test_an_author_publishes_only_where_one_person_may() -> None:
    with pytest.raises(DraftRefused) as refused:
        published(DRAFT, "tia", 1, NOW)

    assert DraftRefusal.OWN is refused.value.refusal
    assert DraftState.PUBLISHED is published(DRAFT, "tia", 1, NOW, two_people=False).state


def test_what_changed_since_it_was_read_is_not_published() -> None:
    changed = edited(DRAFT, "tia", replace(WRITTEN, body="Let it go."))

    with pytest.raises(DraftRefused) as refused:
        published(changed, "ada", 1, NOW)

    assert DraftRefusal.CHANGED is refused.value.refusal
    assert DraftState.PUBLISHED is published(changed, "ada", 2, NOW).state


def test_the_same_words_again_are_no_new_revision() -> None:
    assert DRAFT == edited(DRAFT, "tia", WRITTEN)


def test_only_its_author_changes_it() -> None:
    with pytest.raises(DraftRefused) as refused:
        edited(DRAFT, "ada", WRITTEN)

    assert DraftRefusal.NOT_THE_AUTHOR is refused.value.refusal


@pytest.mark.parametrize("decided", [published(DRAFT, "ada", 1, NOW), discarded(DRAFT, "x", NOW)])
def test_what_was_decided_stays_decided(decided: Draft) -> None:
    attempts: tuple[Callable[[], Draft], ...] = (
        lambda: published(decided, "axel", 1, NOW),
        lambda: discarded(decided, "axel", NOW),
        lambda: edited(decided, "tia", WRITTEN),
    )
    for again in attempts:
        with pytest.raises(DraftRefused) as refused:
            again()
        assert DraftRefusal.DECIDED is refused.value.refusal


def test_the_article_has_the_parts_of_a_file() -> None:
    written = replace(WRITTEN, audience=Audience.TIER2, platforms=(Platform.WINDOWS,))

    article = article_of(published(replace(DRAFT, written=written), "ada", 1, NOW))

    assert "the-wobbling-walrus-t12" == article.id
    assert "Hold it still." == article.summary
    assert [(Platform.WINDOWS, "Restart it.")] == [(p.platform, p.text) for p in article.parts]
    assert (Audience.TIER2, frozenset({Platform.WINDOWS})) == (article.audience, article.platforms)
    assert NOW.date() == article.reviewed


@pytest.mark.parametrize("title", ['"quoted": yes', "- dash", "# hash", "null", "2026-01-01"])
def test_a_title_that_looks_like_yaml_stays_itself(title: str) -> None:
    article = article_of(replace(DRAFT, written=replace(WRITTEN, title=title)))

    assert title == article.title


def test_a_matcher_answers_with_it_at_once_and_others_stay() -> None:
    bell = replace(
        article_of(DRAFT), id="bell", title="The bell", phrasings=("the bell is silent",)
    )
    matcher = Matcher(Library([bell]))

    matcher.add(article_of(DRAFT))

    for question, expected in (
        ("my walrus wobbles", "the-wobbling-walrus-t12"),
        ("the bell is silent", "bell"),
    ):
        match = matcher.match(Query(question))
        assert (Outcome.ANSWER, expected) == (match.outcome, match.best and match.best.article_id)


def test_the_first_article_of_a_language_is_found_too() -> None:
    matcher = Matcher(Library([article_of(DRAFT)]))
    dutch = replace(WRITTEN, title="De bel", phrasings=("de bel doet niets",), language=Language.NL)

    matcher.add(article_of(replace(DRAFT, article="bel", written=dutch)))

    best = matcher.match(Query("de bel doet niets")).best
    assert "bel" == (best and best.article_id)


def test_tier_articles_stay_hidden_from_people() -> None:
    hidden = replace(WRITTEN, audience=Audience.TIER2)
    matcher = Matcher(Library([replace(article_of(DRAFT), id="bell", title="A bell")]))

    matcher.add(article_of(replace(DRAFT, written=hidden, article="hidden")))

    found = [one.article_id for one in matcher.match(Query("my walrus wobbles")).candidates]
    agents = matcher.match(Query("my walrus wobbles", audience=Audience.TIER2)).candidates
    assert "hidden" not in found
    assert "hidden" in [one.article_id for one in agents]
