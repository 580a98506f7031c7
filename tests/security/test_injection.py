"""What people write stays words, in every field that is ever shown again: nothing pings, nothing is
a link or markup, nothing hides."""

from datetime import date, timedelta

import pytest

from sandbox.conversation import Message
from storage.opening import open_copy
from tests.conversations.counter import Counter
from tests.endstate import failed_payloads
from tests.security.injection import (
    CORPUS,
    LONG,
    ONE_LINE,
    PINGS,
    TRAP,
    Watcher,
    harms_in,
)
from tests.workplace import Workplace


@pytest.fixture
def counter(workplace: Workplace) -> Counter:
    return Counter(workplace)


@pytest.fixture
def watcher(workplace: Workplace) -> Watcher:
    return Watcher(workplace.sandbox.core.traffic)


async def failed(workplace: Workplace) -> list[str]:
    store = await open_copy(workplace.environment["STORE_URL"])
    try:
        return await failed_payloads(store, workplace.sandbox.core.clock.now().date().isoformat())
    finally:
        await store.close()


async def opens_a_ticket(counter: Counter, text: str, **form: str) -> Message:
    """A ticket with these words; gives its card."""
    alice = counter.person("alice")
    answer = await counter.workplace.reply_to(await alice.direct_messages("zebra quux, what now?"))
    await alice.presses(answer, "Ask the helpdesk")
    await alice.opens_modal()
    assert (await alice.submits({"words": text, **form})).ok
    return await counter.workplace.posted_in("tier-1", "#1 ·")


@pytest.mark.parametrize("text", [CORPUS, LONG], ids=["corpus", "long"])
@pytest.mark.parametrize("place", ["mention", "direct"])
async def test_a_question(workplace: Workplace, watcher: Watcher, place: str, text: str) -> None:
    alice = workplace.person("alice")
    in_channel = place == "mention"
    said = alice.mentions_bot("ask-it", text) if in_channel else alice.direct_messages(text)

    await workplace.reply_to(await said)
    await alice.commands("/signpost", "my data")
    await workplace.posted_in(alice.direct_message, "zqmark" if text == CORPUS else "zqlong")
    await workplace.sandbox.settled()

    assert [] == watcher.harm
    assert [] == await failed(workplace)


async def test_everything_that_is_written_on_the_way_of_a_ticket(
    workplace: Workplace, counter: Counter, watcher: Watcher
) -> None:
    alice = workplace.person("alice")
    first = await opens_a_ticket(counter, CORPUS, tried=CORPUS)
    await counter.claims("tia", first)
    await counter.fills_in("tia", first, "Reply to user", text=CORPUS)
    reply = await counter.told("alice", "zqmark")
    await alice.replies(reply, CORPUS)
    await counter.in_thread(first, "zqmark")
    second = await counter.escalates(
        "tia", first, 2, learned=CORPUS, device=ONE_LINE[:140], build=ONE_LINE[:140],
        checked=CORPUS, **{"happened-at": ONE_LINE[:140]},
    )  # fmt: skip
    await counter.claims("tess", second)
    await counter.fills_in("tess", second, "Return with a question", text=CORPUS)
    await counter.shows(first, lambda one: "Claim" in str(one.blocks))
    await counter.claims("tia", first)
    await counter.resolves("tia", first, CORPUS, CORPUS)
    await counter.delivers("tia", first, text=CORPUS)
    await workplace.person("tia").commands("/signpost", "tickets")
    await workplace.person("tia").commands("/signpost", "ticket 1")
    await workplace.person("tia").commands("/signpost", "search zqmark")
    await workplace.person("ada").commands("/signpost", "gaps")
    await alice.commands("/signpost", "tickets")
    await alice.opens_home()
    await workplace.sandbox.settled()

    assert watcher.showed("zqmark")
    assert [] == watcher.harm
    assert [] == await failed(workplace)


async def test_a_known_problem(workplace: Workplace, watcher: Watcher) -> None:
    tia = workplace.person("tia")
    await tia.commands("/signpost", "known")
    offered = await workplace.whisper_to(tia)
    await tia.presses(offered, "known.new", "new")
    await tia.opens_modal()
    until = (date.today() + timedelta(days=2)).isoformat()  # noqa: DTZ011
    written = {"en": CORPUS[:900], "codes": "0x80180014", "until": until}
    assert (await tia.submits(written)).ok
    await workplace.posted_in("tier-1", "zqmark")
    alice = workplace.person("alice")
    await workplace.reply_to(await alice.direct_messages("my iPhone says 0x80180014"))
    await tia.commands("/signpost", "known")
    await workplace.sandbox.settled()

    assert [] == watcher.harm
    assert [] == await failed(workplace)


async def test_the_names_of_people_and_channels(
    workplace: Workplace, counter: Counter, watcher: Watcher
) -> None:
    for name in ("alice", "tia"):
        workplace.sandbox.change_person(name, real_name=ONE_LINE[:80])
    workplace.sandbox.channel("general").name = "zq-{$name}"
    card = await opens_a_ticket(counter, "my zebra is quux")
    await counter.claims("tia", card)
    await counter.fills_in("tia", card, "Reply to user", text="which build is it?")
    await counter.told("alice", "which build is it?")
    await workplace.sandbox.settled()

    assert [] == watcher.harm
    assert [] == await failed(workplace)


async def test_placeables_of_the_catalogue_stay_as_they_were_written(
    workplace: Workplace, counter: Counter, watcher: Watcher
) -> None:
    await opens_a_ticket(counter, 'say { $name } and { "zq" }')

    assert watcher.showed("{ $name } and")


@pytest.mark.parametrize(
    "body",
    [
        {"text": "<!channel>"},
        {"text": PINGS, "blocks": [{"type": "section"}]},
        {"text": "", "blocks": [{"type": "mrkdwn", "text": "*zqbold*"}]},
        {"text": "", "blocks": [{"type": "link", "url": TRAP}]},
        {"text": "zero\u200bwidth"},
    ],
    ids=["channel", "text", "markup", "link", "hidden"],
)
def test_the_watcher_sees_harm(body: dict[str, object]) -> None:
    assert list(harms_in(body))


def test_the_watcher_lets_text_be() -> None:
    blocks = [{"type": "rich_text_section", "elements": [{"type": "text", "text": "<!channel>"}]}]

    assert [] == list(harms_in({"text": "&lt;!channel&gt;", "blocks": blocks}))
