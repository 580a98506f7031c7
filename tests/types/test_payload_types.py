"""What the bot sends is what Slack's published types allow."""

import re
from pathlib import Path
from typing import Any

import pytest

from knowledge.watching import Knowledge
from sandbox.traffic import Entry
from tests.payload_types import (
    MISSING,
    SENT,
    Recorder,
    complaint_about_options,
    complaints,
    no_limits,
    require_compiler,
)
from tests.workplace import Workplace, open_workplace

PAGE = Path(__file__).parents[2] / "sandbox" / "page"
PLACE = re.compile(r"payloads\.ts\((\d+),")
IPHONE = "how do I enroll my iPhone?"


async def tour(workplace: Workplace) -> None:
    """Once round everything that asking shows."""
    alice, tia = workplace.person("alice"), workplace.person("tia")
    answer = await workplace.reply_to(await alice.says("ask-it", IPHONE))
    await alice.presses(answer, "Continue privately")
    await workplace.posted_in(alice.direct_message, "iPhone")
    await alice.presses(answer, "Show in Dutch")
    question = await alice.direct_messages("how do I install the Company Portal?")
    await alice.presses(await workplace.reply_to(question), "Mac")
    await workplace.reply_to(await alice.direct_messages("thanks"))
    for text in ("help", "language", "topics", "my data", "forget", IPHONE):
        await alice.commands("/signpost", text)
    for text in ("gaps", "known"):
        await tia.commands("/signpost", text)
    await alice.opens_home()
    await workplace.sandbox.until(lambda: alice.home)
    assert alice.home is not None
    await alice.presses(alice.home, "Ask a question")
    await alice.opens_modal()
    await alice.submits({"What would you like to know?": "?!"})
    await alice.submits({"What would you like to know?": IPHONE})
    await alice.chooses(alice.home, "checklist.open.2", None)
    await alice.opens_modal()
    await workplace.sandbox.until(lambda: len(tia.ephemerals()) == 2)
    await tia.presses(tia.ephemerals()[-1], "Report a known problem")
    await tia.opens_modal()
    await workplace.sandbox.settled()


async def test_every_payload_sent_meets_slacks_types(
    store_url: str, knowledge: Knowledge, tmp_path: Path
) -> None:
    require_compiler()

    async with open_workplace(store_url, knowledge) as workplace:
        await tour(workplace)

    found = complaints(SENT.as_typescript(), tmp_path / "types")

    assert [] == found
    assert 15 < len(SENT.kept)


async def test_the_page_draws_every_block_and_element_sent(
    store_url: str, knowledge: Knowledge
) -> None:
    async with open_workplace(store_url, knowledge) as workplace:
        await tour(workplace)

    drawn = "".join((PAGE / name).read_text("utf-8") for name in ("blocks.js", "elements.js"))
    tables = " ".join(re.findall(r"const DRAWN = \{(.*?)^\};", drawn, re.DOTALL | re.MULTILINE))
    known = set(re.findall(r"\b([a-z]+(?:_[a-z]+)*)\b", tables))
    blocks = [block for _, body in SENT.kept.values() for block in blocks_of(body)]
    elements = [element for block in blocks for element in elements_of(block)]
    assert 5 < len({one["type"] for one in blocks})
    assert set() == {one["type"] for one in (*blocks, *elements)} - known


def blocks_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    return list((body.get("view") or body).get("blocks") or ())


def elements_of(block: dict[str, Any]) -> list[dict[str, Any]]:
    """What can be pressed or filled in within a block."""
    several = block["elements"] if "actions" in block["type"] else []
    single = [block[name] for name in ("accessory", "element") if name in block]
    return [*several, *single]


BLOCK = {"type": "section", "text": {"type": "plain_txt", "text": "x"}}
POST = ("from_bot", "method", "chat.postMessage")
OPEN = ("from_bot", "method", "views.open")
EMPTY = {"type": "modal", "title": {"type": "plain_text", "text": "x"}}
FORM_SENT = ("to_bot", "interaction", "view_submission")
JUDGED: list[tuple[bool, tuple[str, str, str], Any]] = [
    (True, POST, {"channel": "C1", "text": "x"}),
    (False, POST, {"channel": "C1", "text": "x", "blocks": [BLOCK]}),
    (False, POST, {"channel": "C1", "text": "x", "blocks": [{"type": "sectoin"}]}),
    (False, OPEN, {"trigger_id": "1", "view": {**EMPTY, "blocks": [{"type": "sectoin"}]}}),
    (True, OPEN, {"trigger_id": "1", "view": {**EMPTY, "blocks": [{"type": "divider"}]}}),
    (True, FORM_SENT, {"response_action": "errors", "errors": {"why": "Say why."}}),
    (False, FORM_SENT, {"response_action": "errors", "errors": {"why": 1}}),
    (False, FORM_SENT, {"response_action": "explode"}),
    (False, FORM_SENT, {"response_action": "push", "view": {"type": "modal", "blocks": []}}),
    (True, ("to_bot", "command", "/signpost"), {"text": "x", "response_type": "ephemeral"}),
    (False, ("from_bot", "response_url", "response_url"), {"text": "x", "response_type": "loud"}),
]


def test_only_payloads_that_break_the_types_are_complained_about(tmp_path: Path) -> None:
    require_compiler()
    recorder = Recorder(no_limits)
    for _, (direction, kind, name), body in JUDGED:
        recorder.take(exchange(direction, kind, name, body=body, answer=body))

    typescript = recorder.as_typescript()
    found = complaints(typescript, tmp_path / "types")

    lines = [line for line in typescript.splitlines() if ") satisfies " in line]
    first = typescript.splitlines().index(lines[0]) + 1
    wrong = [first + place for place, (right, *_) in enumerate(JUDGED) if not right]
    assert len(JUDGED) == len(lines)
    assert not complaint_about_options(found)
    assert set(wrong) == {int(at[1]) for line in found if (at := PLACE.match(line))}


LONG = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}
TITLE = {"type": "plain_text", "text": "x" * 25}
FORM = {"type": "modal", "title": TITLE, "blocks": [{"type": "divider"}]}
BEYOND = [
    ("method", "chat.postMessage", {"channel": "C1", "text": "x", "blocks": [LONG]}, None),
    ("method", "chat.update", {"channel": "C1", "ts": "1.0", "text": "x" * 4_001}, None),
    ("method", "views.open", {"trigger_id": "1", "view": FORM}, None),
    ("response_url", "response_url", {"text": "x", "blocks": [LONG]}, None),
    ("interaction", "view_submission", {}, {"response_action": "update", "view": FORM}),
    ("command", "/signpost", {}, {"text": "x", "blocks": [LONG]}),
]


@pytest.mark.parametrize(("kind", "name", "body", "answer"), BEYOND, ids=[b[1] for b in BEYOND])
def test_a_payload_beyond_a_limit_is_reported_once(
    kind: str, name: str, body: Any, answer: Any
) -> None:
    recorder = Recorder()
    direction = "from_bot" if answer is None else "to_bot"
    entry = exchange(direction, kind, name, body=body, answer=answer)

    recorder.take(entry)
    recorder.take(entry)

    assert 1 == len(recorder.beyond_limits())
    assert [] == recorder.beyond_limits()


def test_without_the_compiler_a_test_fails_where_it_is_required(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tests.payload_types.TSC", tmp_path / "nowhere")
    monkeypatch.setenv("REQUIRE_NODE", "1")

    with pytest.raises(pytest.fail.Exception) as failed:
        require_compiler()

    assert MISSING == str(failed.value)


def exchange(
    direction: str, kind: str, name: str, *, body: Any = None, answer: Any = None
) -> Entry:
    return Entry(1, 0.0, direction, kind, name, "1", body, answer=answer)
