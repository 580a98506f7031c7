"""The survey: who may answer, and what is kept of it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rollout.enrolled import enrolled_id
from storage.kinds import ENROLLED, SURVEY_RESPONSE
from storage.port import Commit, Delete
from tests.handlers.bureau import ALICE, TEAM, Bureau, open_bureau
from tests.rollout.plans import sample

NOW = datetime(2027, 7, 19, 8, 0, tzinfo=UTC)
ANSWERS = {"ease": "4", "messages": "3", "help": "0", "words": "smooth", "quote": ""}


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with open_bureau(tmp_path, sample(), NOW) as opened:
        yield opened


async def opens_the_survey(bureau: Bureau) -> None:
    """Alice has enrolled, and opens the form beneath the message after it."""
    await bureau.announced("enrollment-it")
    await bureau.presses(ALICE, bureau.in_channel("C0IT")[-1], "I have enrolled")
    await bureau.announced("post-enrollment-it")
    await bureau.presses(ALICE, bureau.in_channel("C0IT")[-1], "Answer three questions")


async def test_who_has_enrolled_answers(bureau: Bureau) -> None:
    await opens_the_survey(bureau)

    told = await bureau.submits(ALICE, bureau.screen.views[-1], ANSWERS)

    assert "Thank you!" in str(told)
    assert 1 == await bureau.store.count(SURVEY_RESPONSE, "group", f"{TEAM}/it")


async def test_who_no_longer_counts_as_enrolled_when_the_answers_come_is_told_so(
    bureau: Bureau,
) -> None:
    await opens_the_survey(bureau)
    stored = await bureau.store.get(ENROLLED, enrolled_id(TEAM, ALICE))
    assert stored is not None
    gone = Delete(ENROLLED, stored.record.id, stored.version)
    await bureau.store.commit(Commit(at=bureau.clock.now(), deletes=(gone,)))

    told = await bureau.submits(ALICE, bureau.screen.views[-1], ANSWERS)

    assert "Your answers were not kept" in str(told)
    assert 0 == await bureau.store.count(SURVEY_RESPONSE, "group", f"{TEAM}/it")
