"""What goes wrong between Slack and the bot loses nothing and says nothing twice."""

import asyncio
import shutil
from pathlib import Path

import pytest

from knowledge.watching import Knowledge
from running.exit_codes import ACCESS_LOST
from sandbox.conversation import Message
from sandbox.delivery import DeliveryTimes
from tests.workplace import Workplace, labels, open_workplace

ASKS = "how do I enroll my iPhone?"
OFTEN = DeliveryTimes(retry_after=(0.0, *[1.0] * 60))
"""As Slack's delayed events, only sooner: what is asked while nobody listens comes again."""
FAQ = Path(__file__).parents[2] / "knowledge" / "faq"


async def asked(workplace: Workplace) -> Message:
    return await workplace.person("alice").says("ask-it", ASKS)


async def answered_once(workplace: Workplace, question: Message, within: float = 20.0) -> bool:
    """Whether the question is answered, and just once."""
    await workplace.sandbox.until(lambda: workplace.replies_to(question), timeout=within)
    await workplace.sandbox.settled()
    return len(workplace.replies_to(question)) == 1


async def test_a_post_whose_answer_was_lost_is_found_and_not_repeated(workplace: Workplace) -> None:
    workplace.sandbox.core.faults.add("chat.postMessage", "lost_answer", times=1)
    question = await asked(workplace)

    assert await answered_once(workplace, question)
    await asyncio.sleep(3)
    assert 1 == len(workplace.replies_to(question))


async def test_a_post_that_was_cut_off_before_it_was_done_is_sent_again(
    workplace: Workplace,
) -> None:
    workplace.sandbox.core.faults.add("chat.postMessage", "drop", times=1)

    assert await answered_once(workplace, await asked(workplace))


async def test_a_server_error_is_followed_by_another_try(workplace: Workplace) -> None:
    workplace.sandbox.core.faults.add("chat.postMessage", "error", status=503, times=1)

    assert await answered_once(workplace, await asked(workplace))


async def test_too_fast_waits_as_long_as_slack_says(workplace: Workplace) -> None:
    workplace.sandbox.core.faults.add("chat.postMessage", "ratelimit", seconds=1.0, times=2)

    assert await answered_once(workplace, await asked(workplace))


async def test_when_the_question_has_vanished_the_answer_goes_to_the_person(
    workplace: Workplace,
) -> None:
    workplace.sandbox.core.faults.add("chat.postMessage", "ratelimit", seconds=1.0, times=1)
    alice = workplace.person("alice")
    question = await alice.says("ask-it", ASKS)
    await workplace.sandbox.settled()
    workplace.sandbox.channel("ask-it").remove(question)

    direct = await workplace.sandbox.until(
        lambda: [one for one in workplace.sandbox.messages_in(alice.direct_message) if one.bot_id],
        timeout=10,
    )

    assert direct[0].text.startswith("Enroll an iPhone or iPad")
    assert [] == [one for one in workplace.sandbox.messages_in("ask-it") if one.bot_id]


async def test_a_question_deleted_before_its_answer_was_posted_leaves_nothing(
    workplace: Workplace,
) -> None:
    workplace.sandbox.core.faults.add("chat.postMessage", "ratelimit", seconds=1.0, times=1)
    alice = workplace.person("alice")
    question = await alice.says("ask-it", ASKS)
    await workplace.sandbox.settled()

    await alice.deletes(question)
    await asyncio.sleep(4)

    for place in ("ask-it", alice.direct_message):
        assert [] == [one for one in workplace.sandbox.messages_in(place) if one.bot_id]


async def test_when_the_channel_is_archived_the_person_is_answered_and_the_admins_told_once(
    workplace: Workplace,
) -> None:
    workplace.sandbox.core.faults.add("chat.postMessage", "ratelimit", seconds=1.0, times=2)
    alice, ada = workplace.person("alice"), workplace.person("ada")
    await alice.says("ask-it", ASKS)
    await alice.says("ask-it", "how long does enrolling take?")
    await workplace.sandbox.settled()
    await ada.archives("ask-it")

    def direct() -> list[Message]:
        messages = workplace.sandbox.messages_in(alice.direct_message)
        return [one for one in messages if one.bot_id]

    await workplace.sandbox.until(lambda: len(direct()) == 2, timeout=10)
    await workplace.posted_in("rollout-admins", "archived")
    await workplace.sandbox.settled()
    assert 1 == len([one for one in workplace.sandbox.messages_in("rollout-admins") if one.bot_id])


async def test_when_the_bot_was_removed_from_tier_1_the_admins_learn_how_to_mend_it(
    workplace: Workplace,
) -> None:
    alice = workplace.person("alice")
    await workplace.person("tia").removes("tier-1", "signpost")
    answer = await workplace.reply_to(
        await alice.direct_messages("what is the capital of Australia?")
    )

    await alice.presses(answer, "Ask the helpdesk")
    await alice.opens_modal()
    await alice.submits()

    told = await workplace.posted_in("rollout-admins", "cannot post")
    assert "/invite @signpost" in told.text


async def test_a_revoked_token_stops_the_bot_and_a_start_with_a_new_one_answers_what_was_asked(
    workplace: Workplace,
) -> None:
    sandbox = workplace.sandbox
    sandbox.core.revoked.add(sandbox.bot_token)
    question = await asked(workplace)
    assert workplace.bot is not None
    async with asyncio.timeout(10):
        await workplace.bot.stopped.wait()
    assert ACCESS_LOST == workplace.bot.exit_code

    await workplace.stop_bot()
    sandbox.renew_token("xoxb-sandbox-renewed")
    workplace.environment = {**workplace.environment, "SLACK_BOT_TOKEN": sandbox.bot_token}
    await workplace.start_bot()

    assert await answered_once(workplace, question, within=70)


async def test_slack_being_away_loses_nothing(store_url: str, knowledge: Knowledge) -> None:
    async with open_workplace(store_url, knowledge, times=OFTEN) as workplace:
        async with workplace.sandbox.away():
            question = await asked(workplace)
            await asyncio.sleep(2)

        assert await answered_once(workplace, question, within=30)


async def test_an_answer_survives_the_bot_being_stopped_and_started(
    workplace: Workplace,
) -> None:
    workplace.sandbox.core.faults.add("chat.postMessage", "ratelimit", seconds=2.0, times=1)
    question = await asked(workplace)
    await workplace.sandbox.settled()

    await workplace.stop_bot()
    await workplace.start_bot()

    assert await answered_once(workplace, question)


async def test_a_broken_article_is_refused_and_the_last_good_ones_stay(
    store_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "knowledge" / "faq"
    shutil.copytree(FAQ / "en", folder / "en")
    knowledge = Knowledge(folder)
    async with open_workplace(store_url, knowledge) as workplace:
        (folder / "en" / "enroll-ios.md").write_text("---\ntitle: [\n---\n", "utf-8")

        told = await workplace.sandbox.until(
            lambda: [one for one in workplace.sandbox.messages_in("rollout-admins") if one.bot_id],
            timeout=15,
        )
        assert "enroll-ios.md" in told[0].text
        assert await answered_once(workplace, await asked(workplace))


async def test_a_question_that_could_not_be_decided_is_kept_and_both_sides_are_told(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert workplace.knowledge is not None

    def broken(query: object) -> None:
        raise RuntimeError("the matcher broke")

    monkeypatch.setattr(workplace.knowledge.current.matcher, "match", broken)
    question = await asked(workplace)

    apology = await workplace.reply_to(question)
    notice = await workplace.posted_in("rollout-admins", "RuntimeError")

    assert "Something went wrong on my side" in apology.text
    assert ASKS not in notice.text
    assert [] == labels(apology)


async def test_a_press_that_came_too_late_for_its_form_costs_that_press_alone(
    workplace: Workplace,
) -> None:
    """A trigger lives three seconds: Slack opens nothing, and the next press does."""
    alice = workplace.person("alice")
    answer = await workplace.reply_to(await alice.direct_messages("zebra quux, what now?"))
    late = workplace.sandbox.core.faults.add("views.open", "error", code="expired_trigger_id")
    await alice.presses(answer, "Ask the helpdesk")
    await workplace.sandbox.settled()
    assert 1 == late.struck
    assert not alice.modals
    workplace.sandbox.core.faults.clear()

    await alice.presses(answer, "Ask the helpdesk")
    await alice.opens_modal()
    assert (await alice.submits({})).ok

    assert await workplace.posted_in("tier-1", "zebra quux")
    assert "FailedPayload" not in await workplace.everything_stored()
