"""A loop that breaks is noticed."""

import asyncio

import pytest

from knowledge.watching import Knowledge
from running.exit_codes import LOOP_BROKEN
from storage.tinydb_store import TinyStore
from tests.workplace import Workplace, eventually


async def test_a_bot_whose_sending_broke_stops_with_an_exit_code(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*arguments: object, **named: object) -> list[object]:
        raise ValueError("a row nobody can read")

    monkeypatch.setattr(TinyStore, "lease_outbox", broken)
    bot = workplace.bot
    assert bot is not None

    async with asyncio.timeout(10):
        await bot.stopped.wait()

    assert LOOP_BROKEN == bot.exit_code


async def test_articles_are_taken_up_though_a_look_at_them_failed(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []

    def look(knowledge: Knowledge) -> object:
        looks.append(1)
        raise OSError("the share is away")

    monkeypatch.setattr(Knowledge, "reload_if_changed", look)

    await eventually(lambda: len(looks) > 1)
