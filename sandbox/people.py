"""The people of the sandbox as tests speak of them: `await alice.says("#ask-it", "…")`."""

from typing import Any

from sandbox.acts import Acts, Submitted
from sandbox.conversation import Channel, Json, Message
from sandbox.core import Core
from sandbox.elements import by_label, find_by_label
from sandbox.errors import ActRefused
from sandbox.workspace import Person, View

Place = str | Channel


class Actor:
    """One person who acts. Channels are given by name, id or object; threads by any message."""

    def __init__(self, core: Core, acts: Acts, person: Person) -> None:
        self._core = core
        self._acts = acts
        self.person = person

    @property
    def id(self) -> str:
        return self.person.id

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def mention(self) -> str:
        return f"<@{self.person.id}>"

    def _channel(self, place: Place) -> Channel:
        return place if isinstance(place, Channel) else self._core.workspace.channel(place)

    @property
    def direct_message(self) -> Channel:
        """This person's direct message with the bot."""
        return self._acts.direct_message(self.person, self._core.workspace.bot)

    # words -------------------------------------------------------------------------------------

    async def says(
        self,
        channel: Place,
        text: str,
        thread: Message | None = None,
        files: tuple[str, ...] = (),
    ) -> Message:
        """Posts in a channel, or in the thread of a message."""
        thread_ts = (thread.thread_ts or thread.ts) if thread is not None else None
        return self._acts.say(
            self.person, self._channel(channel), text, thread_ts=thread_ts, files=files
        )

    async def replies(self, message: Message, text: str) -> Message:
        """Posts in the thread of a message, in its channel."""
        return await self.says(message.channel, text, thread=message)

    async def mentions_bot(
        self, channel: Place, text: str, thread: Message | None = None
    ) -> Message:
        return await self.says(channel, f"<@{self._core.workspace.bot.id}> {text}", thread)

    async def direct_messages(self, text: str, thread: Message | None = None) -> Message:
        """Writes to the bot directly."""
        return await self.says(self.direct_message, text, thread)

    async def edits(self, message: Message, text: str) -> Message:
        return self._acts.edit(self.person, message, text)

    async def deletes(self, message: Message) -> None:
        self._acts.delete(self.person, message)

    async def reacts(self, message: Message, name: str) -> None:
        self._acts.react(self.person, message, name)

    async def unreacts(self, message: Message, name: str) -> None:
        self._acts.react(self.person, message, name, remove=True)

    async def uploads(self, name: str, content: bytes) -> str:
        """Uploads a file; the id goes into `files` of `says`."""
        return str(self._acts.upload(self.person, name, content)["id"])

    # channels ----------------------------------------------------------------------------------

    async def joins(self, channel: Place) -> None:
        self._acts.join(self.person, self._channel(channel))

    async def leaves(self, channel: Place) -> None:
        self._acts.leave(self.person, self._channel(channel))

    async def invites(self, channel: Place, somebody: str) -> None:
        """Invites a person, or the bot, by name."""
        invited = self._core.workspace.person(somebody)
        self._acts.invite(self.person, self._channel(channel), invited)

    async def removes(self, channel: Place, somebody: str) -> None:
        removed = self._core.workspace.person(somebody)
        self._acts.remove(self.person, self._channel(channel), removed)

    async def archives(self, channel: Place) -> None:
        self._acts.archive(self.person, self._channel(channel))

    async def unarchives(self, channel: Place) -> None:
        self._acts.unarchive(self.person, self._channel(channel))

    async def renames(self, channel: Place, name: str) -> None:
        self._acts.rename(self.person, self._channel(channel), name)

    # presses and forms -------------------------------------------------------------------------

    async def presses(self, where: Message | View, label: str, value: Any = None) -> None:
        """Presses what is called `label`: a button's text, an option's text, or an action id.

        `value` chooses in a select that was named by its action id. A copy of a message
        (`sandbox.snapshot`) stands for a screen that was not yet refreshed.
        """
        blocks = where.blocks if isinstance(where, Message) else where.body["blocks"]
        placed, chosen = find_by_label(blocks, label)
        value = chosen if value is None else value
        if isinstance(where, Message):
            await self._acts.press_in_message(self.person, where, placed, value)
        else:
            await self._acts.press_in_view(self.person, where, placed, value)

    async def chooses(self, where: Message | View, action_id: str, value: Any) -> None:
        """Uses a select, picker or checkbox list by its action id."""
        await self.presses(where, action_id, value)

    @property
    def modal(self) -> View:
        """The uppermost open modal; refused when none is open."""
        return self._acts.top_view(self.person)

    @property
    def modals(self) -> list[View]:
        return list(self._core.workspace.stacks.get(self.id, []))

    @property
    def home(self) -> View | None:
        return self._core.workspace.homes.get(self.id)

    async def opens_modal(self, timeout: float = 5.0) -> View:
        """Waits until a modal is open for this person and gives the uppermost."""
        explain = f"a modal opens for {self.name}"
        modals = await self._core.pulse.until(lambda: self.modals, timeout, explain)
        return modals[-1]

    async def submits(self, values: Json | None = None) -> Submitted:
        """Submits the uppermost modal; `values` by label, block id or action id."""
        view = self.modal
        return await self._acts.submit(
            self.person, view, by_label(view.body["blocks"], values or {})
        )

    async def closes_modal(self, *, whole_stack: bool = False) -> None:
        await self._acts.close(self.person, self.modal, whole_stack=whole_stack)

    # commands, shortcuts, home -----------------------------------------------------------------

    async def commands(
        self,
        name: str,
        text: str = "",
        channel: Place | None = None,
        thread: Message | None = None,
    ) -> None:
        """Runs a slash command, in the direct message with the bot unless a channel is given."""
        place = self.direct_message if channel is None else self._channel(channel)
        thread_ts = (thread.thread_ts or thread.ts) if thread is not None else None
        await self._acts.command(self.person, place, name, text, thread_ts=thread_ts)

    async def shortcut(self, callback_id: str, message: Message | None = None) -> None:
        """Runs a global shortcut, or a message shortcut on `message`."""
        await self._acts.shortcut(self.person, callback_id, message)

    async def opens_home(self) -> None:
        """Opens the Home tab; the view is in `home` once the app has published it."""
        self._acts.open_home(self.person)

    async def opens_messages_tab(self) -> None:
        self._acts.open_home(self.person, "messages")

    # what is seen ------------------------------------------------------------------------------

    def ephemerals(self, channel: Place | None = None) -> list[Message]:
        """Ephemeral messages to this person, oldest first, of one channel or of all."""
        channels = (
            list(self._core.workspace.channels.values())
            if channel is None
            else [self._channel(channel)]
        )
        found = [message for one in channels for message in one.ephemerals.get(self.id, [])]
        return sorted(found, key=lambda message: message.ts)

    def must_see(self, channel: Place) -> Channel:
        """The channel, if this person can see it."""
        found = self._channel(channel)
        if not self._acts.sees(self.person, found):
            raise ActRefused("channel_not_found", f"{self.name} cannot see {found.name}.")
        return found
