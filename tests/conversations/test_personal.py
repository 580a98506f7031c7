"""What the bot knows of a person: given, forgotten; and what it could not answer."""

from pathlib import Path

from knowledge.watching import Knowledge
from tests.conversations.counter import Counter
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


async def test_my_data_has_requests_and_what_was_passed_on(workplace: Workplace) -> None:
    counter = Counter(workplace)
    alice = workplace.person("alice")
    card = await counter.asks("alice", UNKNOWN, tried="an atlas")
    status = await counter.told("alice", "#1 ·")
    await alice.replies(status, "it has a parliament")
    await counter.in_thread(card, "a parliament")

    await alice.commands("/signpost", "my data", channel="general")

    given = await counter.told("alice", "Requests of yours at the helpdesk that I keep: 1")
    assert f"{UNKNOWN} (waiting to be claimed)" in given.text
    assert "an atlas" in given.text
    assert "What else I keep of your words: 1.\nit has a parliament" in given.text


async def test_nobody_else_is_given_the_data(workplace: Workplace) -> None:
    alice, bram = workplace.person("alice"), workplace.person("bram")
    await workplace.reply_to(await alice.says("ask-it", UNKNOWN))

    await bram.commands("/signpost", "my data", channel="general")

    given = await workplace.posted_in(bram.direct_message, "Questions of yours that I keep: 0")
    assert UNKNOWN not in given.text


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


async def test_a_gap_becomes_an_article_that_answers_the_next_asker(store_url: str) -> None:
    # Articles of its own: what is learned here must not be known to other tests.
    taught = Knowledge(ROOT / "knowledge" / "faq", ROOT / "sandbox" / "company.yaml")
    async with open_workplace(store_url, taught) as workplace:
        alice, tia, ada = (workplace.person(name) for name in ("alice", "tia", "ada"))
        await workplace.reply_to(await alice.says("ask-it", UNKNOWN))
        await tia.commands("/signpost", "gaps")
        gaps = await workplace.whisper_to(tia)

        await tia.presses(gaps, "Write an article")
        form = await tia.opens_modal()
        await tia.submits({"title": "Where our offices are", "body": "The capital is Canberra."})
        card = await workplace.posted_in("rollout-admins", "Where our offices are")
        await ada.presses(card, "Publish")
        await workplace.sandbox.settled()

        assert UNKNOWN in str(form.body)
        second = await workplace.reply_to(await workplace.person("adam").says("ask-it", UNKNOWN))
        assert "The capital is Canberra." in second.text


async def test_who_is_no_agent_any_more_writes_no_article(workplace: Workplace) -> None:
    alice, tia = workplace.person("alice"), workplace.person("tia")
    await workplace.reply_to(await alice.says("ask-it", UNKNOWN))
    await tia.commands("/signpost", "gaps", channel="general")
    gaps = await workplace.whisper_to(tia)
    await tia.leaves("tier-1")
    await workplace.sandbox.settled()

    await tia.presses(gaps, "Write an article")

    await workplace.sandbox.until(
        lambda: "Only the helpdesk and the admins" in tia.ephemerals()[-1].text
    )
    assert [] == tia.modals
