"""What the bot knows of a person: given, forgotten; and what it could not answer."""

from pathlib import Path

from knowledge.watching import Knowledge
from tests.workplace import Workplace, labels, open_workplace

ROOT = Path(__file__).parents[2]

UNKNOWN = "what is the capital of Australia?"


async def test_my_data_comes_in_the_direct_message(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    await workplace.reply_to(await alice.says("ask-it", UNKNOWN))
    await alice.commands("/signpost", "language en")

    await alice.commands("/signpost", "my data", channel="general")

    given = await workplace.posted_in(alice.direct_message, "Questions of yours that I keep: 1")
    assert UNKNOWN in given.text
    assert "The language I speak with you: English" in given.text


async def test_forgetting_asks_first_and_then_leaves_no_word(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    await workplace.reply_to(await alice.says("ask-it", UNKNOWN))
    await alice.commands("/signpost", "forget", channel="general")
    offered = await workplace.whisper_to(alice)
    assert ["Erase what I wrote"] == labels(offered)

    await alice.presses(offered, "Erase what I wrote")
    await workplace.sandbox.until(lambda: "Done" in alice.ephemerals()[-1].text)

    assert "capital of Australia" not in await workplace.everything_stored()


async def test_only_agents_see_the_gaps(workplace: Workplace) -> None:
    alice, tia = workplace.person("alice"), workplace.person("tia")
    await workplace.reply_to(await alice.says("ask-it", UNKNOWN))

    await alice.commands("/signpost", "gaps", channel="general")
    await tia.commands("/signpost", "gaps")

    assert "Only the helpdesk and the admins" in (await workplace.whisper_to(alice)).text
    told = await workplace.whisper_to(tia)
    assert UNKNOWN in told.text
    assert "Unanswered: 1, turned down: 0 (English)" in told.text


async def test_without_gaps_that_is_said(workplace: Workplace) -> None:
    ada = workplace.person("ada")

    await ada.commands("/signpost", "gaps")

    assert "There are no gaps" in (await workplace.whisper_to(ada)).text


async def test_a_gap_becomes_a_phrasing_that_answers_the_next_asker(store_url: str) -> None:
    # Articles of its own: what is learned here must not be known to other tests.
    taught = Knowledge(ROOT / "knowledge" / "faq", ROOT / "sandbox" / "company.yaml")
    async with open_workplace(store_url, taught) as workplace:
        alice, tia, ada = (workplace.person(name) for name in ("alice", "tia", "ada"))
        first = await workplace.reply_to(await alice.says("ask-it", UNKNOWN))
        assert ["Ask the helpdesk"] == labels(first)
        await tia.commands("/signpost", "gaps")
        gaps = await workplace.whisper_to(tia)

        await tia.presses(gaps, "Add as a phrasing")
        card = await workplace.posted_in("rollout-admins", UNKNOWN)
        await ada.presses(card, "Publish")
        await workplace.becomes(card, lambda message: not labels(message))

        second = await workplace.reply_to(await workplace.person("adam").says("ask-it", UNKNOWN))
        assert "Solved" in labels(second)
