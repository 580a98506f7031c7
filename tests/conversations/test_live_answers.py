"""What holds at the moment comes before the article that speaks of it."""

from tests.workplace import Workplace


async def test_when_is_my_turn_is_answered_from_the_plan(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    question = await alice.direct_messages("when is it my turn to enroll?")

    await workplace.sandbox.until(lambda: len(workplace.replies_to(question)) == 2)

    first, second = workplace.replies_to(question)
    assert "<!date^" in first.text or "group" in first.text
    assert first.ts < second.ts
