"""Files are taken from Slack and uploaded anew, once, and the token goes to nobody else."""

from datetime import timedelta

import pytest

from delivery.errors import NotReached, Refused
from delivery.files import LARGEST
from sandbox.conversation import Message
from storage.outbox import CarryFiles, InChannel, OutboxState
from tests.delivery.outgoing import Outgoing, SetClock

COMMENT = "Files with the message above (#1, 1)"


async def uploaded(outgoing: Outgoing, name: str = "screen.png", content: bytes = b"PNG") -> str:
    return await outgoing.sandbox.person("alice").uploads(name, content)


def brought(outgoing: Outgoing) -> list[Message]:
    said = outgoing.sandbox.messages_in("tier-1")
    return [one for one in said if one.bot_id and one.files]


async def carry(outgoing: Outgoing, *files: str) -> None:
    await outgoing.gateway.carry_files(files, "C0TIER1", None, COMMENT)


async def test_several_files_come_in_one_message_with_their_names_and_bytes(
    outgoing: Outgoing,
) -> None:
    files = [await uploaded(outgoing, f"{name}.txt", name.encode()) for name in ("one", "two")]

    await carry(outgoing, *files)

    (message,) = brought(outgoing)
    kept = outgoing.sandbox.workspace.file_bytes
    assert COMMENT == message.text
    assert ["one.txt", "two.txt"] == [one["title"] for one in message.files or ()]
    assert [b"one", b"two"] == [kept[one["id"]] for one in message.files or ()]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"is_external": True}, "file_is_elsewhere"),
        ({"url_private_download": "https://example.com/x"}, "file_is_elsewhere"),
        ({"url_private_download": "", "url_private": ""}, "file_is_elsewhere"),
        ({"size": LARGEST + 1}, "file_too_large"),
    ],
)
async def test_a_file_that_is_not_slacks_or_too_large_is_left(
    outgoing: Outgoing, change: dict[str, object], code: str
) -> None:
    file = await uploaded(outgoing)
    outgoing.sandbox.workspace.files[file] |= change

    with pytest.raises(Refused) as refused:
        await carry(outgoing, file)

    assert code == refused.value.code
    assert [] == brought(outgoing)


async def test_a_file_as_large_as_may_be_is_brought(outgoing: Outgoing) -> None:
    file = await uploaded(outgoing)
    outgoing.sandbox.workspace.files[file]["size"] = LARGEST

    await carry(outgoing, file)

    assert 1 == len(brought(outgoing))


async def test_a_page_to_sign_in_is_no_file(outgoing: Outgoing) -> None:
    file = await uploaded(outgoing, content=b"<!DOCTYPE html><title>Sign in</title>")

    with pytest.raises(Refused, match="file_not_readable"):
        await carry(outgoing, file)


async def test_a_page_that_is_a_file_is_one(outgoing: Outgoing) -> None:
    file = await uploaded(outgoing, "page.html", b"<!DOCTYPE html><title>A page</title>")

    await carry(outgoing, file)

    assert 1 == len(brought(outgoing))


async def test_without_the_scope_for_files_the_bot_goes_on(outgoing: Outgoing) -> None:
    file = await uploaded(outgoing)
    outgoing.sandbox.core.faults.add("files.info", "error", code="missing_scope")

    with pytest.raises(Refused, match="missing_scope"):
        await carry(outgoing, file)


async def test_after_an_unknown_outcome_the_message_is_looked_for_first(
    outgoing: Outgoing,
) -> None:
    clock = SetClock()
    file = await uploaded(outgoing)
    call = CarryFiles(InChannel("C0TIER1"), (file,), COMMENT)
    await outgoing.put("files", call, clock)
    sender = outgoing.sender(clock=clock)
    await outgoing.gateway.carry_files((file,), "C0TIER1", None, COMMENT)
    lease = await outgoing.lease(clock)
    await outgoing.store.retry_outbox(lease, clock.now(), "timeout", doubtful=True)

    await sender.send(await outgoing.lease(clock))

    entry = await outgoing.store.outbox_entry("files")
    assert entry is not None
    assert OutboxState.DONE is entry.state
    assert 1 == len(brought(outgoing))


async def test_what_cannot_be_fetched_for_minutes_is_given_up(
    outgoing: Outgoing, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SetClock()
    await outgoing.put("files", CarryFiles(InChannel("C0TIER1"), ("F1",), COMMENT), clock)
    sender = outgoing.sender(clock=clock)

    async def away(*_: object) -> None:
        raise NotReached("http_503")

    monkeypatch.setattr(outgoing.gateway, "carry_files", away)
    for _ in range(8):
        await sender.send(await outgoing.lease(clock))
        clock.pass_by(timedelta(minutes=5))

    entry = await outgoing.store.outbox_entry("files")
    assert entry is not None
    assert (OutboxState.DEAD, 8) == (entry.state, entry.attempts)
