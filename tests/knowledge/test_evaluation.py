"""Asking many questions at once: the formats, and what is counted."""

import io
import json
from pathlib import Path

import pytest

from knowledge.evaluation import QuestionsInvalid, answer_lines, evaluate_files, explain_text
from knowledge.matching import Matcher
from tests.knowledge.samples import workshop


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(workshop())


def answers(matcher: Matcher, *lines: str) -> tuple[int, list[dict[str, object]]]:
    out = io.StringIO()
    code = answer_lines(matcher, lines, out)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


def test_lines_are_answered_in_order_in_the_fixed_format(matcher: Matcher) -> None:
    code, found = answers(
        matcher,
        '{"text": "my tyre is flat", "lang": "en"}\n',
        "\n",
        '{"text": "de ketting loopt eraf"}\n',
    )

    assert 0 == code
    assert ["my tyre is flat", "de ketting loopt eraf"] == [one["text"] for one in found]
    assert ["text", "outcome", "articles"] == list(found[0])
    assert "answer" == found[0]["outcome"]
    articles = found[0]["articles"]
    assert isinstance(articles, list)
    assert ["id", "lang", "confidence", "phrasing"] == list(articles[0])
    assert ("flat-tyre", "en", "my tyre is flat") == (
        articles[0]["id"],
        articles[0]["lang"],
        articles[0]["phrasing"],
    )
    assert 1 <= len(articles) <= 5


def test_candidates_are_given_whatever_the_outcome(matcher: Matcher) -> None:
    _, found = answers(matcher, '{"text": "weather in the tyre museum of Oslo tomorrow"}')

    assert "answer" != found[0]["outcome"]
    assert found[0]["articles"]


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"lang": "en"}', '{"text": 3}', '{"text":"x","lang":1}']
)
def test_a_line_that_cannot_be_read_is_answered_with_an_error(matcher: Matcher, line: str) -> None:
    code, found = answers(matcher, line, '{"text": "my tyre is flat"}')

    assert 1 == code
    assert "line 1" in str(found[0]["error"])
    assert "answer" == found[1]["outcome"]


def test_the_report_counts_per_language_and_in_all(matcher: Matcher, tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    questions = [
        {"text": "my tyre is flat", "lang": "en", "expect": ["flat-tyre"]},
        {"text": "my brakes squeal", "lang": "en", "expect": ["lost-key"]},
        {"text": "mijn remmen piepen", "lang": "nl", "expect": ["brakes-squeal", "lost-key"]},
        {"text": "de ketting loopt eraf", "lang": "nl", "expect": []},
        {"article": "flat-tyre", "phrasings": ["no question"]},
    ]
    path.write_text("\n".join(map(json.dumps, questions)), encoding="utf-8")

    lines = evaluate_files(matcher, [path]).splitlines()

    table = {line.split()[0]: line.split()[1:] for line in lines[1:4]}
    assert ["2", "0.500", "0.500", "1.000", "0.500", "0", "0.000"] == table["en"]
    assert ["1", "1.000", "1.000", "1.000", "0.500", "1", "1.000"] == table["nl"]
    assert ["3", "0.667", "0.667", "1.000", "0.500", "1", "1.000"] == table["all"]
    assert "    1  (out of scope) -> chain-slips" in lines
    assert "    1  lost-key -> brakes-squeal" in lines


def test_a_broken_question_file_is_named_with_its_line(matcher: Matcher, tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"text": "fine"}\n{"text": \n')

    with pytest.raises(QuestionsInvalid, match=r"questions\.jsonl:2"):
        evaluate_files(matcher, [path])
    with pytest.raises(QuestionsInvalid, match="cannot be read"):
        evaluate_files(matcher, [tmp_path / "missing.jsonl"])


def test_an_explanation_is_text_for_people(matcher: Matcher) -> None:
    assert "1. flat-tyre [en]" in explain_text(matcher, "my tyre is flat")
