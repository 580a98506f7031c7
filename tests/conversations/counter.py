"""At the helpdesk's counter: the steps of an escalation as people take them."""

from collections.abc import Callable
from typing import Any

from sandbox.conversation import Message
from sandbox.people import Actor
from tests.workplace import Workplace, labels

UNKNOWN = "my zebra screen says quux 0x80180014, what now?"
CHANNELS = {1: "tier-1", 2: "tier-2", 3: "tier-3"}


class Counter:
    """Speaks of one workplace and, once somebody asked, of one ticket."""

    def __init__(self, workplace: Workplace) -> None:
        self.workplace = workplace
        self.sandbox = workplace.sandbox

    def person(self, name: str) -> Actor:
        return self.workplace.person(name)

    async def asks(self, name: str, text: str = UNKNOWN, **form: Any) -> Message:
        """Asks in a direct message, fills in the helpdesk's form, and gives the tier-1 card."""
        person = self.person(name)
        answer = await self.workplace.reply_to(await person.direct_messages(text))
        return await self.sends_form(person, answer, text, **form)

    async def asks_in_channel(self, name: str, text: str = UNKNOWN, **form: Any) -> Message:
        """As above in the question channel."""
        person = self.person(name)
        answer = await self.workplace.reply_to(await person.says("ask-it", text))
        return await self.sends_form(person, answer, text, **form)

    async def sends_form(self, person: Actor, answer: Message, text: str, **form: Any) -> Message:
        button = next(
            label
            for label in labels(answer)
            if any(word in label for word in ("elpdesk", "服務台"))
        )
        await person.presses(answer, button)
        await person.opens_modal()
        result = await person.submits(form)
        assert result.ok, result.errors
        return await self.workplace.posted_in("tier-1", text[:20])

    async def presses(self, name: str, message: Message, label: str) -> None:
        await self.person(name).presses(self.now(message), label)

    async def fills_in(self, name: str, message: Message, label: str, **form: Any) -> None:
        """Presses what opens a form, and sends the form in."""
        await self.presses(name, message, label)
        await self.person(name).opens_modal()
        result = await self.person(name).submits(form)
        assert result.ok, result.errors

    async def claims(self, name: str, card: Message) -> Message:
        await self.presses(name, card, "Claim")
        mention = self.person(name).mention
        return await self.shows(card, lambda one: f"{mention} has it" in one.text)

    async def escalates(self, name: str, card: Message, tier: int, **findings: str) -> Message:
        """Escalates to that tier, and gives its card."""
        await self.fills_in(name, card, "Escalate", **findings)
        return await self.workplace.posted_in(CHANNELS[tier], "#1 ·")

    async def resolves(self, name: str, card: Message, cause: str, solution: str) -> None:
        await self.fills_in(name, card, "Resolve", **{"root-cause": cause, "solution": solution})
        await self.shows(card, lambda one: "resolved by" in one.text)

    async def delivers(self, name: str, card: Message, **form: str) -> Message:
        """Brings the solution, and gives the message the asker gets."""
        await self.fills_in(name, card, "Deliver", **form)
        return await self.told("alice", "has a solution")

    async def told(self, name: str, words: str) -> Message:
        """What the bot told somebody in their direct message."""
        return await self.workplace.posted_in(self.person(name).direct_message, words)

    async def in_thread(self, root: Message, words: str) -> Message:
        """The bot's message in the thread that has these words."""

        def found() -> list[Message]:
            return [one for one in self.notes(root) if words in one.text]

        return (await self.sandbox.until(found, explain=f"{words!r} in the thread"))[0]

    def notes(self, root: Message) -> list[Message]:
        return [one for one in self.sandbox.replies(root) if one.bot_id]

    def now(self, message: Message) -> Message:
        """The message as it stands now."""
        found = self.sandbox.channel(message.channel).find(message.ts)
        assert found is not None
        return found

    async def shows(self, message: Message, condition: Callable[[Message], bool]) -> Message:
        return await self.workplace.becomes(message, condition)

    async def refused(self, name: str, words: str) -> Message:
        """The last whisper to that person, with these words."""
        person = self.person(name)

        def found() -> list[Message]:
            return [one for one in person.ephemerals() if words in one.text]

        return (await self.sandbox.until(found, explain=f"{words!r} is whispered"))[-1]

    def cards(self, tier: int) -> list[Message]:
        posted = self.sandbox.messages_in(CHANNELS[tier])
        return [one for one in posted if one.bot_id and one.thread_ts in (None, one.ts)]
