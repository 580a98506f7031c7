"""What the bot sends is what Slack's published types allow."""

from pathlib import Path

import pytest

from knowledge.watching import Knowledge
from tests.payload_types import SENT, TSC, Recorder, complaint_about_options, complaints
from tests.workplace import Workplace, open_workplace

needs_compiler = pytest.mark.skipif(not TSC.exists(), reason="npm ci installs the compiler")
IPHONE = "how do I enroll my iPhone?"


async def tour(workplace: Workplace) -> None:
    """Once round everything that asking shows."""
    alice, tia = workplace.person("alice"), workplace.person("tia")
    answer = await workplace.reply_to(await alice.says("ask-it", IPHONE))
    await alice.presses(answer, "Continue privately")
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
    await alice.submits({"What would you like to know?": IPHONE})
    await alice.chooses(alice.home, "checklist.open.2", None)
    await alice.opens_modal()
    await workplace.sandbox.until(lambda: len(tia.ephemerals()) == 2)
    await tia.presses(tia.ephemerals()[-1], "Report a known problem")
    await tia.opens_modal()
    await workplace.sandbox.settled()


@needs_compiler
async def test_every_payload_sent_meets_slacks_types(
    store_url: str, knowledge: Knowledge, tmp_path: Path
) -> None:
    async with open_workplace(store_url, knowledge) as workplace:
        await tour(workplace)

    found = complaints(SENT.as_typescript(), tmp_path / "types")

    assert [] == found
    assert 15 < len(SENT.kept)


@needs_compiler
def test_a_payload_that_breaks_the_types_is_complained_about(tmp_path: Path) -> None:
    broken = Recorder()
    block = {"type": "section", "text": {"type": "plain_txt", "text": "x"}}
    message = {"channel": "C1", "text": "x", "blocks": [block]}
    broken.kept["x"] = ("api.ChatPostMessageArguments", message)

    found = complaints(broken.as_typescript(), tmp_path / "types")

    assert found
    assert not complaint_about_options(found)
