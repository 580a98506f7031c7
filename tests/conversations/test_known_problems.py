"""A known problem stands before the answer; lifting it tells those who asked."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from knowledge.article import Language
from knowledge.known_problem import KnownProblem
from sandbox.conversation import Message
from sandbox.people import Actor
from storage.kinds import KNOWN_PROBLEM
from storage.opening import open_store
from storage.port import Commit, Put
from tests.workplace import Workplace, labels

IPHONE = "how do I enroll my iPhone?"
FIELDS: dict[str, Any] = {
    "en": "The App Store is slow today.",
    "nl": "De App Store is traag vandaag.",
    "articles": ["enroll-ios"],
    "codes": "0x80180014",
    "until": "2090-01-01",
}


async def report(workplace: Workplace, agent: Actor, fields: dict[str, Any]) -> dict[str, str]:
    """Reports a known problem through the form; the errors beside its inputs."""
    await agent.commands("/signpost", "known")
    overview = await workplace.whisper_to(agent)
    await agent.presses(overview, "Report a known problem")
    await agent.opens_modal()
    return dict((await agent.submits(fields)).errors)


async def reported(workplace: Workplace) -> Message:
    assert {} == await report(workplace, workplace.person("tia"), FIELDS)
    return await workplace.posted_in("tier-1", "The App Store is slow today")


@pytest.mark.parametrize(
    ("name", "asks", "notice", "tell_me"),
    [
        ("alice", IPHONE, "The App Store is slow", "Tell me when it is fixed"),
        ("bram", "hoe registreer ik mijn iPhone?", "De App Store is traag", "Laat weten als"),
        ("sven", "hur registrerar jag min iPhone?", "The App Store is slow", "Säg till när"),
        ("mei", "我的 iPhone 要怎麼註冊？", "The App Store is slow", "修好時通知我"),
    ],
)
async def test_a_known_problem_stands_before_the_answer_in_the_readers_language(
    workplace: Workplace, name: str, asks: str, notice: str, tell_me: str
) -> None:
    await reported(workplace)

    answer = await workplace.reply_to(await workplace.person(name).direct_messages(asks))

    assert notice in answer.text.split("\n")[0]
    assert labels(answer)[0].startswith(tell_me)


async def test_an_error_code_meets_its_known_problem_however_it_is_written(
    workplace: Workplace,
) -> None:
    await reported(workplace)

    answer = await workplace.reply_to(
        await workplace.person("alice").direct_messages("I get error 8018 0014, what now?")
    )

    assert "The App Store is slow" in answer.text


async def test_other_answers_carry_no_notice(workplace: Workplace) -> None:
    await reported(workplace)

    answer = await workplace.reply_to(
        await workplace.person("alice").direct_messages("how do I enroll my Android phone?")
    )

    assert "Known problem" not in answer.text


async def test_lifting_tells_everybody_who_asked_once(workplace: Workplace) -> None:
    alice, bram, tom = (workplace.person(name) for name in ("alice", "bram", "tom"))
    card = await reported(workplace)
    answer = await workplace.reply_to(await alice.says("ask-it", IPHONE))
    for person in (alice, bram, alice):
        told_so_far = len(person.ephemerals())
        await person.presses(answer, "Tell me when it is fixed")
        await workplace.sandbox.until(
            lambda who=person, before=told_so_far: len(who.ephemerals()) > before  # type: ignore[misc]
        )

    await tom.presses(card, "It is fixed")

    for person in (alice, bram):
        await workplace.posted_in(person.direct_message, "The App Store is slow")
        await workplace.sandbox.settled()
        told = workplace.sandbox.messages_in(person.direct_message)
        assert 1 == len([one for one in told if one.bot_id])
    lifted = await workplace.becomes(card, lambda message: "Lifted" in message.text)
    assert [] == labels(lifted)
    again = await workplace.reply_to(await alice.direct_messages(IPHONE))
    assert "Known problem" not in again.text


async def test_only_agents_report_and_lift(workplace: Workplace) -> None:
    alice = workplace.person("alice")

    await alice.commands("/signpost", "known")

    told = await workplace.whisper_to(alice)
    assert "Only the helpdesk and the admins" in told.text
    assert [] == labels(told)


async def test_the_overview_names_articles_and_dates_in_the_readers_language(
    workplace: Workplace,
) -> None:
    tom = workplace.person("tom")
    await reported(workplace)
    await tom.commands("/signpost", "language nl")
    await workplace.whisper_to(tom)
    told_so_far = len(tom.ephemerals())

    await tom.commands("/signpost", "known")

    await workplace.sandbox.until(lambda: len(tom.ephemerals()) > told_so_far)
    shown = tom.ephemerals()[-1].text
    assert "De App Store is traag vandaag." in shown
    assert "enroll-ios" not in shown
    assert "iPhone" in shown
    assert "1 januari 2090" in shown


async def test_a_problem_that_concerns_nothing_is_refused(workplace: Workplace) -> None:
    errors = await report(
        workplace, workplace.person("tia"), {**FIELDS, "articles": [], "codes": ""}
    )

    assert ["codes"] == list(errors)


@pytest.mark.parametrize(("day", "fields"), [("2020-01-01", ["until"]), ("2090-01-01", [])])
async def test_a_day_that_has_passed_is_refused(
    workplace: Workplace, day: str, fields: list[str]
) -> None:
    errors = await report(workplace, workplace.person("ada"), {**FIELDS, "until": day})

    assert fields == list(errors)


def expired(team: str, at: datetime, number: int) -> KnownProblem:
    """One that nobody lifted when its day had passed."""
    return KnownProblem(
        id=f"{team}/{at:%Y%m%dT%H%M%S}{number:06d}",
        team=team,
        texts={Language.EN: "Long ago"},
        articles=("enroll-ios",),
        codes=(),
        until=date(2020, 1, 1),
        reported_by="U0TIA",
        reported_at=at,
    )


async def test_problems_that_nobody_lifted_hide_none_that_stands(workplace: Workplace) -> None:
    alice, ada = workplace.person("alice"), workplace.person("ada")
    await reported(workplace)
    await workplace.stop_bot()
    now, team = workplace.sandbox.core.clock.now(), workplace.sandbox.workspace.team_id
    earlier = [expired(team, now - timedelta(days=1), number) for number in range(200)]
    later = [expired(team, now + timedelta(days=1), number) for number in range(10)]
    store = await open_store(workplace.environment["STORE_URL"])
    await store.commit(Commit(now, puts=tuple(Put(KNOWN_PROBLEM, one) for one in earlier + later)))
    await store.close()
    await workplace.start_bot()

    answer = await workplace.reply_to(await alice.direct_messages(IPHONE))
    assert "The App Store is slow" in answer.text
    await ada.commands("/signpost", "known")
    assert "The App Store is slow" in (await workplace.whisper_to(ada)).text
    await ada.opens_home()
    await workplace.sandbox.until(
        lambda: ada.home is not None and "The App Store is slow" in str(ada.home.body)
    )
