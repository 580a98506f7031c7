"""A real workspace, a real Chromium, and the bot of stage.py in each test of the page."""

import shutil
from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from sandbox.server import Sandbox
from tests.browser.stage import MANIFEST, Bot, Visit

# Without the background-networking flags Chromium looks up its maker's hosts at every start.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    path = shutil.which("chromium")
    assert path, "Chromium is missing: install the system package `chromium`."
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(port=0, manifest=MANIFEST) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    connected = Bot(sandbox)
    await connected.connect()
    yield connected
    await connected.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(chromium: Browser, sandbox: Sandbox) -> AsyncIterator[Visit]:
    """Every test of the page also asserts: no script error, no request off the machine."""
    visiting = Visit(chromium, sandbox.url.rstrip("/"))
    yield visiting
    await visiting.close()
    assert [] == visiting.faults
