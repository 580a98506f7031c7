"""When is my turn is answered from the plan."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from handlers.planned import PlannedRollout
from handlers.turns import dates_for, when_is_my_turn
from knowledge.article import Language
from rollout.plan import no_plan
from tests.handlers.bureau import ADA, ADMINS, ALICE, AXEL, Bureau, Message, open_bureau
from tests.rollout.plans import sample

NOW = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with open_bureau(tmp_path, sample(), NOW) as opened:
        yield opened


async def answer(bureau: Bureau, text: str, user: str = ALICE, language: str = "en") -> str:
    content = await when_is_my_turn(user, text, Language(language), bureau.desk)
    assert content is not None
    return content.text


async def test_the_group_whose_channel_one_is_in_counts(bureau: Bureau) -> None:
    assert "IT enrolls from <!date^" in await answer(bureau, "when is my turn?")
    assert "20 July 2027" in await answer(bureau, "when is my turn?")


async def test_a_group_that_is_named_counts_first(bureau: Bureau) -> None:
    assert "21 September 2027" in await answer(bureau, "when does retail enroll?")
    assert "零售 從" in await answer(bureau, "零售什麼時候註冊", language="zh-Hant")


async def test_the_word_it_is_not_the_it_group(bureau: Bureau) -> None:
    assert "Which group are you in?" in await answer(bureau, "when is it my turn?", "U0MEI")
    assert "IT enrolls from" in await answer(bureau, "when does IT enroll?", "U0MEI")


async def test_an_unknown_group_is_asked_for_and_answered_on_a_press(bureau: Bureau) -> None:
    content = await when_is_my_turn("U0MEI", "when is my turn?", Language.NL, bureau.desk)
    assert content is not None
    asked = Message("C0GENERAL", "1.0", content)

    await bureau.selects("U0MEI", asked, "Retail")

    (menu,) = asked.elements()
    labels = [one["text"]["text"] for one in menu["options"]]
    assert ["IT", "Verkoop en Marketing", "Retail"] == labels[:3]
    assert "21 september 2027" in bureau.whispers[-1][1]


async def test_the_chosen_group_is_kept_and_can_be_changed(bureau: Bureau) -> None:
    content = await when_is_my_turn("U0MEI", "when is my turn?", Language.EN, bureau.desk)
    assert content is not None
    await bureau.selects("U0MEI", Message("D0MEI", "1.0", content), "Retail")

    kept = await when_is_my_turn("U0MEI", "when is my turn?", Language.EN, bureau.desk)
    assert kept is not None
    await bureau.presses("U0MEI", Message("D0MEI", "2.0", kept), "I am in another group")
    again = bureau.in_channel("D0MEI")[-1]
    await bureau.selects("U0MEI", again, "IT")

    assert "21 September 2027" in kept.text
    assert "20 July 2027" in await answer(bureau, "when is my turn?", "U0MEI")


async def test_a_group_that_left_the_plan_is_asked_for_anew(tmp_path: Path) -> None:
    async with open_bureau(tmp_path, sample(), NOW) as bureau:
        content = await when_is_my_turn("U0MEI", "my turn?", Language.EN, bureau.desk)
        assert content is not None
        asked = Message("D0MEI", "1.0", content)
        await bureau.selects("U0MEI", asked, "Retail")
    plan = sample()
    left = tuple(one for one in plan.groups if one.id != "retail")
    waves = tuple(
        replace(one, dates={name: when for name, when in one.dates.items() if name != "retail"})
        for one in plan.waves
    )
    async with open_bureau(tmp_path, replace(plan, groups=left, waves=waves), NOW) as bureau:
        await bureau.selects("U0MEI", Message("D0MEI", "9.0", content), "Retail")

        assert "This group is no longer in the plan" in bureau.in_channel("D0MEI")[-1].text
        assert "Which group are you in?" in await answer(bureau, "my turn?", "U0MEI")


async def test_the_wave_is_that_of_the_last_message_to_the_group(bureau: Bureau) -> None:
    rollout = PlannedRollout(bureau.desk)

    assert "" == await rollout.wave_of(ALICE, datetime(2027, 7, 6, 6, 59, 59, tzinfo=UTC))
    assert "kickoff-all" == await rollout.wave_of(ALICE, datetime(2027, 7, 6, 7, 0, tzinfo=UTC))
    assert "enrollment-it" == await rollout.wave_of(ALICE, datetime(2027, 7, 20, 8, tzinfo=UTC))
    assert "kickoff-all" == await rollout.wave_of("U0MEI", datetime(2027, 7, 20, 9, tzinfo=UTC))


async def test_app_home_shows_ones_own_dates_and_the_next_messages(bureau: Bureau) -> None:
    blocks = await dates_for(ALICE, Language.EN, bureau.desk, NOW)
    unknown = await dates_for("U0MEI", Language.SV, bureau.desk, NOW)

    assert "IT enrolls from" in str(blocks)
    assert 3 == str(blocks).count("Next message to IT")
    assert "Välj din grupp" in str(unknown)


async def test_somebody_in_two_groups_reads_both_dates(bureau: Bureau) -> None:
    bureau.roles.joined("C0RETAIL", ALICE)

    assert 2 == len((await answer(bureau, "my turn?")).split("\n"))


async def test_the_user_group_of_a_group_says_who_is_in_it_and_its_channels_do_not(
    tmp_path: Path,
) -> None:
    plan = sample()
    groups = tuple(
        replace(one, user_group="S0ITPEOPLE") if one.id == "it" else one for one in plan.groups
    )
    async with open_bureau(tmp_path, replace(plan, groups=groups), NOW) as bureau:
        bureau.roles.joined("S0ITPEOPLE", "U0MEI")

        assert "IT enrolls from" in await answer(bureau, "my turn?", "U0MEI")
        assert "Which group are you in?" in await answer(bureau, "my turn?", ALICE)


async def test_batches_are_a_span_of_weeks(tmp_path: Path) -> None:
    plan = sample()
    groups = tuple(
        replace(one, people=120, batch_size=50) if one.id == "it" else one for one in plan.groups
    )
    async with open_bureau(tmp_path, replace(plan, groups=groups), NOW) as bureau:
        text = await answer(bureau, "my turn?")

    assert "20 July 2027" in text
    assert "3 August 2027" in text
    assert "Each week starts with a message in the channel of the group." in text
    assert "your week" not in text


async def test_without_a_plan_the_article_answers(tmp_path: Path) -> None:
    async with open_bureau(tmp_path, no_plan(2027, "UTC"), NOW) as bureau:
        content = await when_is_my_turn(ALICE, "my turn?", Language.EN, bureau.desk)

        assert content is None


async def test_without_a_plan_announcing_says_so(tmp_path: Path) -> None:
    async with open_bureau(tmp_path, no_plan(2027, "UTC"), NOW) as bureau:
        await bureau.commands(ALICE, "plan")

        assert ["There is no rollout plan in the settings yet."] == bureau.replies
        assert ADMINS == bureau.desk.admin_channel


async def put_off(bureau: Bureau, label: str) -> None:
    card = await bureau.drafts("enrollment-it")
    await bureau.presses(AXEL, card, "Approve")
    await bureau.presses(ADA, card, label)
    await bureau.confirms(ADA)


@pytest.mark.parametrize("label", ["Hold", "Cancel it"])
async def test_the_date_of_a_held_or_cancelled_enrollment_is_open_again(
    bureau: Bureau, label: str
) -> None:
    await put_off(bureau, label)

    blocks = await dates_for(ALICE, Language.NL, bureau.desk, NOW)
    await bureau.commands(ALICE, "plan")

    assert "The date of IT is open again." in await answer(bureau, "when is my turn?")
    assert "De datum van IT staat weer open." in str(blocks)
    assert "20 juli 2027" not in str(blocks)
    assert "• IT: the date is open again" in bureau.replies[-1]
    assert "20 Jul" not in bureau.replies[-1]


async def test_a_resumed_enrollment_has_its_date_again(bureau: Bureau) -> None:
    await put_off(bureau, "Hold")

    await bureau.presses(ADA, bureau.card("enrollment-it"), "Resume")
    await bureau.confirms(ADA)

    assert "20 July 2027" in await answer(bureau, "when is my turn?")


async def test_messages_name_no_date_that_holds_no_longer(bureau: Bureau) -> None:
    await put_off(bureau, "Cancel it")

    first = await bureau.drafts("pre-enrollment-1-it")

    assert "on a date still to be announced" in first.text
    assert "20 July 2027" not in first.text


async def test_a_batch_that_is_held_leaves_the_others_their_dates(tmp_path: Path) -> None:
    plan = sample()
    groups = tuple(
        replace(one, people=120, batch_size=50) if one.id == "it" else one for one in plan.groups
    )
    async with open_bureau(tmp_path, replace(plan, groups=groups), NOW) as bureau:
        await put_off(bureau, "Hold")
        text = await answer(bureau, "my turn?")

    assert "27 July 2027" in text
    assert "3 August 2027" in text
    assert "20 July 2027" not in text
