"""Several questions in one message, and questions that continue another."""

import pytest

from knowledge.following import match_following, match_parts, parts_of
from knowledge.matching import Outcome
from knowledge.watching import Knowledge


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("How do I enroll? How long does it take?", 2),
        ("How do I enroll my iPhone?", 1),
        ("How do I enroll? Thanks!", 1),
        ("I have an iPhone. How do I enroll?", 1),
        ("Hoe registreer ik? En hoe lang duurt het?", 2),
        ("要怎麼註冊？要多久？", 2),
        ("really??? How do I enroll my iPhone???", 1),
        ("a b? c d? e f?", 3),
        ("a b? c d? e f? g h?", 1),
        ("", 1),
        ("?", 1),
    ],
)
def test_a_message_is_taken_apart_at_its_questions(text: str, parts: int) -> None:
    assert parts == len(parts_of(text))


@pytest.mark.parametrize(
    ("before", "text", "article"),
    [
        ("how do I enroll my iPhone?", "and on Android?", "enroll-android"),
        ("how do I set up Outlook on my iPhone?", "and on Android?", "outlook-setup"),
        ("my app install is stuck", "on a mac", "app-install-stuck"),
        ("hoe registreer ik mijn iPhone?", "en op mijn Mac?", "enroll-macos"),
        ("hur registrerar jag min iPhone?", "och på Android?", "enroll-android"),
        ("我的 iPhone 要怎麼註冊？", "那 Android 呢？", "enroll-android"),
        ("how do I enroll my iPhone?", "how long does it take?", "how-long-it-takes"),
    ],
)
def test_a_follow_up_is_read_with_what_went_before(
    knowledge: Knowledge, before: str, text: str, article: str
) -> None:
    match = match_following(knowledge.current.matcher, text, (), before)

    assert Outcome.ANSWER is match.outcome
    assert article == match.candidates[0].article_id


def test_two_parts_that_meet_the_same_article_are_one_question(knowledge: Knowledge) -> None:
    text = "How do I enroll my iPhone? How do I register my iPhone?"

    assert (text,) == tuple(part for part, _ in match_parts(knowledge.current.matcher, text, ()))


@pytest.mark.parametrize(
    ("text", "answered", "others"),
    [
        (
            "How do I enroll my iPhone? What is the capital of Australia? How long does it take?",
            ["enroll-ios", "how-long-it-takes"],
            ["What is the capital of Australia?"],
        ),
        (
            "How do I enroll my iPhone? What is the capital of Australia?",
            ["enroll-ios"],
            ["What is the capital of Australia?"],
        ),
        ("我的 iPhone 要怎麼註冊？餐廳在哪裡？", ["enroll-ios"], ["餐廳在哪裡？"]),
    ],
)
def test_a_part_without_an_answer_stands_beside_those_that_have_one(
    knowledge: Knowledge, text: str, answered: list[str], others: list[str]
) -> None:
    matched = match_parts(knowledge.current.matcher, text, ())

    best = [one.candidates[0].article_id for _, one in matched if one.outcome is Outcome.ANSWER]
    assert answered == best
    assert others == [part for part, one in matched if one.outcome is not Outcome.ANSWER]


def test_a_part_without_an_answer_is_not_offered_what_its_neighbour_is_answered_with(
    knowledge: Knowledge,
) -> None:
    text = "How do I enroll my iPhone? What is the capital of Australia?"

    matched = match_parts(knowledge.current.matcher, text, ())

    assert Outcome.NONE is matched[1][1].outcome


@pytest.mark.parametrize(
    "text",
    [
        "Does anyone know? How do I enroll my iPhone?",
        "How are you? How do I enroll my iPhone?",
        "What is the capital of Australia? Who won the cup?",
    ],
)
def test_what_asks_nothing_of_its_own_or_stands_beside_no_answer_is_not_taken_apart(
    knowledge: Knowledge, text: str
) -> None:
    assert (text,) == tuple(part for part, _ in match_parts(knowledge.current.matcher, text, ()))
