"""A workplace to hold conversations in: the sandbox, and the true bot connected to it.

async with open_workplace(store_url) as workplace:
    alice = workplace.person("alice")
    question = await alice.says("#ask-it", "how do I enroll my iPhone?")
    answer = await workplace.reply_to(question)
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from commandline.sandbox import sandbox_environment
from knowledge.watching import Knowledge
from running.bot import Bot
from sandbox.conversation import Message
from sandbox.delivery import DeliveryTimes
from sandbox.people import Actor, Place
from sandbox.server import Sandbox
from settings import read_settings
from storage.opening import open_copy
from tests.payload_types import SENT

OFTEN = DeliveryTimes(retry_after=(0.0, *[0.5] * 120))
"""For tests that stop the bot and then wait until all is quiet: an event that met the closing
connection comes again at once, and not after Slack's minute."""


@dataclass
class Workplace:
    """The sandbox and a way to start and stop the bot in it."""

    sandbox: Sandbox
    environment: Mapping[str, str]
    knowledge: Knowledge | None = None
    bot: Bot | None = None

    def person(self, name: str) -> Actor:
        return self.sandbox.person(name)

    async def start_bot(self) -> None:
        settings = read_settings(self.environment)
        clock = None if settings.clock_url else self.sandbox.core.clock
        self.bot = Bot(settings, clock=clock, knowledge=self.knowledge)
        await self.bot.start()
        await self.sandbox.connected()

    async def stop_bot(self) -> None:
        if self.bot:
            await self.bot.stop()
        self.bot = None

    async def reply_to(self, message: Message) -> Message:
        """The first answer of the bot: in the message's thread, or after it in a direct message."""
        explain = f"the bot answers {message.text[:40]!r}"
        found = await self.sandbox.until(lambda: self.replies_to(message), explain=explain)
        return found[0]

    def replies_to(self, message: Message) -> list[Message]:
        """What the bot said to a message so far."""
        in_thread = [one for one in self.sandbox.replies(message) if one.bot_id]
        if in_thread or not self._is_direct(message):
            return in_thread
        later = self.sandbox.messages_in(self.sandbox.channel(message.channel))
        return [one for one in later if one.bot_id and one.ts > message.ts]

    async def becomes(self, message: Message, condition: Callable[[Message], bool]) -> Message:
        """The message once the bot has edited it so that the condition holds."""
        channel = self.sandbox.channel(message.channel)

        def current() -> Message | None:
            found = channel.find(message.ts)
            return found if found is not None and condition(found) else None

        found = await self.sandbox.until(current, explain="the message is edited")
        assert found is not None
        return found

    async def posted_in(self, place: Place, containing: str) -> Message:
        """The bot's message in a channel that contains these words."""

        def found() -> list[Message]:
            messages = self.sandbox.messages_in(place)
            return [one for one in messages if one.bot_id and containing in one.text]

        return (await self.sandbox.until(found, explain=f"{containing!r} is posted"))[0]

    async def whisper_to(self, actor: Actor) -> Message:
        """The last thing only this person can see."""
        return (await self.sandbox.until(actor.ephemerals, explain="a whisper arrives"))[-1]

    async def quiet(self, message: Message) -> bool:
        """Whether everything was handled and the bot said nothing: neither before nor after a
        question that was asked later is answered."""
        await self.sandbox.settled()
        later = await self.person("wei").direct_messages("iPhone 要怎麼註冊？")
        await self.reply_to(later)
        await self.sandbox.settled()
        return not self.replies_to(message)

    async def everything_stored(self) -> str:
        """All that the bot's store holds, as one text."""
        store = await open_copy(self.environment["STORE_URL"])
        try:
            return "\n".join([repr(row) async for row in store.export_rows()])
        finally:
            await store.close()

    def _is_direct(self, message: Message) -> bool:
        return message.channel.startswith("D")


def labels(message: Message) -> list[str]:
    """The labels of the buttons a message shows."""
    return [
        element["text"]["text"]
        for block in message.blocks or ()
        if block["type"] == "actions"
        for element in block["elements"]
        if element["type"] == "button"
    ]


async def eventually(condition: Callable[[], Any], timeout: float = 10.0) -> None:
    """Return once the condition holds; for what changes without anything being said."""
    async with asyncio.timeout(timeout):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@asynccontextmanager
async def open_workplace(
    store_url: str, knowledge: Knowledge | None = None, **setup: Any
) -> AsyncIterator[Workplace]:
    """A sandbox with the bot in it; ``setup`` are the keyword arguments of ``Sandbox``. Without
    ``knowledge`` the bot loads its articles itself, which takes a few seconds. It reads the
    sandbox's clock directly, and Slack's pace is off."""
    async with Sandbox(**{"pace": False, **setup}) as sandbox:
        SENT.listen(sandbox.core.traffic)
        environment = sandbox_environment(sandbox, store_url)
        environment |= {"SLACK_PACE": "OFF", "CLOCK_URL": ""}
        workplace = Workplace(sandbox, environment, knowledge)
        await workplace.start_bot()
        try:
            yield workplace
        finally:
            await workplace.stop_bot()
