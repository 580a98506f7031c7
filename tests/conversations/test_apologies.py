"""Whoever was not served because of us is told so, where they are."""

import pytest

from tests.workplace import Workplace, eventually

ASKS = "how do I enroll my iPhone?"


async def test_a_press_that_failed_is_apologised_for_in_the_thread_of_the_answer(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = workplace.person("alice")
    question = await alice.says("ask-it", ASKS)
    answer = await workplace.reply_to(question)

    def broken(*arguments: object) -> None:
        raise RuntimeError("rendering broke")

    monkeypatch.setattr("handlers.answer_presses.render_answer", broken)
    await alice.presses(answer, "Not my question")

    await eventually(lambda: len(workplace.replies_to(question)) == 2)
    assert "Something went wrong" in workplace.replies_to(question)[1].text
