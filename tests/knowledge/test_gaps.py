"""Questions without an answer are grouped by likeness."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from knowledge.article import Language
from knowledge.gaps import gaps_of, is_gap
from knowledge.matching import Outcome
from knowledge.question import Place, Question, State, question_id

NOW = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)


def asked(number: int, text: str, language: Language = Language.EN, **change: object) -> Question:
    question = Question(
        id=question_id("T1", "C1", f"100.00000{number}"),
        team="T1",
        asker="alice",
        place=Place.DIRECT,
        channel="C1",
        ts=f"100.00000{number}",
        thread_ts=None,
        text=text,
        language=language,
        asked_at=NOW,
        state=State.UNMATCHED,
        outcome=Outcome.NONE,
    )
    return replace(question, **change)  # type: ignore[arg-type]


def test_questions_of_mostly_the_same_words_are_one_gap() -> None:
    gaps = gaps_of(
        [
            asked(1, "can I print from my tablet?"),
            asked(2, "Can I print from a tablet"),
            asked(3, "where is the canteen?"),
        ]
    )

    assert [2, 1] == [gap.count for gap in gaps]
    assert ("Can I print from a tablet", "can I print from my tablet?") == gaps[0].examples


def test_chinese_questions_are_grouped_too() -> None:
    zh = Language.ZH_HANT
    gaps = gaps_of([asked(1, "平板可以列印嗎？", zh), asked(2, "我的平板可以列印嗎", zh)])

    assert [2] == [gap.count for gap in gaps]


def test_languages_are_kept_apart() -> None:
    gaps = gaps_of([asked(1, "printer?"), asked(2, "printer?", Language.NL)])

    assert 2 == len(gaps)


def test_unanswered_and_turned_down_are_counted_apart() -> None:
    turned_down = asked(2, "can I print?", rejected=("wifi-vpn",), rejections=1)
    (gap,) = gaps_of([asked(1, "can I print?"), turned_down])

    assert (1, 1) == (gap.unanswered, gap.turned_down)


def test_the_nearest_article_is_the_one_most_came_near_to() -> None:
    (gap,) = gaps_of(
        [
            asked(1, "can I print?", ranked=("a", "b")),
            asked(2, "can I print", ranked=("b",)),
            asked(3, "Can I print??", ranked=("b",)),
        ]
    )

    assert "b" == gap.nearest


def test_what_is_a_gap_and_what_is_not() -> None:
    assert is_gap(asked(1, "x y"))
    assert is_gap(asked(1, "x y", state=State.HELPDESK, shown="a"))
    assert is_gap(asked(1, "x y", state=State.ANSWERED, shown="a", rejections=1))
    assert not is_gap(asked(1, "x y", state=State.ANSWERED, shown="a"))
    assert not is_gap(asked(1, "x y", state=State.SOLVED, shown="a", rejections=1))
    assert not is_gap(asked(1, "x y", state=State.WITHDRAWN))
    assert not is_gap(asked(1, ""))


def test_no_questions_are_no_gaps() -> None:
    assert () == gaps_of([])


def test_of_many_questions_the_newest_are_grouped() -> None:
    questions = [asked(1, "where is the canteen?"), asked(2, "printer?"), asked(3, "printers?")]

    assert [("printers?", "printer?")] == [gap.examples for gap in gaps_of(questions, most=2)]
    assert 2 == len(gaps_of(questions, most=3))


def test_the_order_of_words_and_words_left_out_make_no_other_question() -> None:
    (gap,) = gaps_of(
        [
            asked(1, "print from my tablet"),
            asked(2, "from my tablet print"),
            asked(3, "print from my tablet while travelling abroad in the winter"),
        ]
    )

    assert 3 == gap.count


def test_a_question_in_chinese_letters_is_compared_letter_by_letter_in_any_language() -> None:
    gaps = gaps_of(
        [asked(1, "平板可以列印嗎"), asked(2, "我的平板可以列印嗎"), asked(3, "printer?")]
    )

    assert [2, 1] == [gap.count for gap in gaps]


@given(st.lists(st.text("ab 印刷", min_size=1, max_size=12), max_size=9))
def test_every_question_is_in_one_gap(texts: list[str]) -> None:
    questions = [asked(number, text) for number, text in enumerate(texts)]

    gaps = gaps_of(questions)

    assert sorted(one.id for one in questions) == sorted(
        one for gap in gaps for one in gap.questions
    )
