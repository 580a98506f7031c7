"""``python bot.py sandbox``: what a person reads where the bot beside it does not start."""

import os
from pathlib import Path

import pytest

from commandline.sandbox import start_bot
from sandbox.errors import SandboxRefused
from sandbox.server import Sandbox


async def test_a_bot_that_ends_at_its_start_is_told_at_once_with_its_code(tmp_path: Path) -> None:
    nowhere = {"KNOWLEDGE_DIR": str(tmp_path / "nowhere")}

    async with Sandbox() as sandbox:
        with pytest.raises(SandboxRefused, match="ended with code 2"):
            await start_bot(sandbox, str(tmp_path), os.environ, nowhere)


async def test_a_bot_that_does_not_connect_in_time_is_ended_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commandline.sandbox.CONNECTS_WITHIN", 0.01)

    async with Sandbox() as sandbox:
        with pytest.raises(SandboxRefused, match="did not connect within"):
            await start_bot(sandbox, str(tmp_path), os.environ)
