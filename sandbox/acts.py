"""What people do in the workspace, by word and by hand; the page and the tests both act by this.

Everything a person cannot do is refused with `ActRefused` in words for that person.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox import interactions
from sandbox.bot_events import BotEvents
from sandbox.composing import compose, rich_text
from sandbox.conversation import Channel, ChannelKind, Json, Message
from sandbox.core import Core
from sandbox.delivery import Kind
from sandbox.elements import Placed, action_of, missing_answers, state_values, with_files
from sandbox.errors import ActRefused, SlackRefusal
from sandbox.limits import MODAL_STACK, explain_message, explain_view
from sandbox.response_urls import ResponseUrl, respond
from sandbox.shapes import body_with_ids, short
from sandbox.webapi.files import new_file
from sandbox.workspace import Person, PersonKind, View, copy_of, short_id


@dataclass(frozen=True, slots=True)
class Submitted:
    """How a form fared; `errors` are texts by block id, and empty when it was taken."""

    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.errors


class Acts:
    """The acts of all people; each takes the person first."""

    def __init__(self, core: Core, events: BotEvents) -> None:
        self._core = core
        self._workspace = core.workspace
        self._events = events

    # words -------------------------------------------------------------------------------------

    def say(
        self,
        person: Person,
        channel: Channel,
        text: str,
        *,
        thread_ts: str | None = None,
        files: Sequence[str] = (),
        broadcast: bool = False,
    ) -> Message:
        """Posts a message of a person, as a reply with `thread_ts`, with files by their ids."""
        self._check_can_write(person, channel)
        self._check_app_listens(channel)
        if not text.strip() and not files:
            raise ActRefused("no_text", "There is nothing to send; write something first.")
        if thread_ts is not None and channel.find(thread_ts) is None:
            raise ActRefused("thread_not_found", "The message you reply to no longer exists.")
        typed = compose(text.strip(), self._resolve)
        message = self._workspace.draft(
            channel,
            person.id,
            typed,
            thread_ts=thread_ts,
            client_msg_id=str(uuid.uuid4()),
            blocks=rich_text(typed) if typed else None,
            broadcast=broadcast and thread_ts is not None,
        )
        if files:
            message.files = [self._file(file_id) for file_id in files]
            message.subtype = "file_share"
        self._workspace.post(message)
        self._workspace.mark_read(channel, person.id, message.ts)
        return message

    def _file(self, file_id: str) -> Json:
        shape = self._workspace.files.get(file_id)
        if shape is None:
            raise ActRefused("file_not_found", f"There is no file {file_id}; upload it first.")
        return shape

    def _resolve(self, typed: str) -> str | None:
        sigil, name = typed[0], typed[1:]
        if sigil == "#":
            channel = self._workspace.find_channel(name)
            return f"<#{channel.id}|{channel.name}>" if channel else None
        if name in ("channel", "here", "everyone"):
            return f"<!{name}>"
        person = self._workspace.find_person(name)
        if person is not None:
            return f"<@{person.id}>"
        for group in self._workspace.groups.values():
            if group.handle == name:
                return f"<!subteam^{group.id}|@{group.handle}>"
        return None

    def edit(self, person: Person, message: Message, text: str) -> Message:
        """Changes a person's own message."""
        self._check_own(person, message)
        if not text.strip():
            raise ActRefused("no_text", "An edited message cannot be empty; delete it instead.")
        before = copy_of(message)
        message.text = compose(text.strip(), self._resolve)
        message.blocks = rich_text(message.text)
        message.edited = {"user": person.id, "ts": f"{self._core.real():.6f}"}
        self._workspace.change(message, before)
        return message

    def delete(self, person: Person, message: Message) -> None:
        """Deletes a person's own message."""
        self._check_own(person, message)
        self._workspace.delete(message)

    def react(self, person: Person, message: Message, name: str, *, remove: bool = False) -> None:
        """Adds a reaction or takes it back."""
        self._check_can_write(person, self._workspace.channels[message.channel])
        try:
            if remove:
                self._workspace.unreact(message, person.id, name.strip(":"))
            else:
                self._workspace.react(message, person.id, name.strip(":"))
        except SlackRefusal as refusal:
            text = f"The reaction :{name}: is already as you want it."
            raise ActRefused(refusal.code, text) from None

    def upload(self, person: Person, name: str, content: bytes) -> Json:
        """Keeps a file to be shared with `say`; gives its file object."""
        if not content:
            raise ActRefused("empty_file", f"The file {name} is empty; choose another.")
        shape = new_file(self._core, person.id, name, len(content))
        self._workspace.file_bytes[shape["id"]] = content
        return shape

    # channels ----------------------------------------------------------------------------------

    def join(self, person: Person, channel: Channel) -> None:
        if channel.kind is not ChannelKind.PUBLIC or person.is_outsider:
            raise ActRefused("cannot_join", f"#{channel.name} can only be joined by invitation.")
        self._check_open(channel)
        self._workspace.join(channel, person.id)

    def leave(self, person: Person, channel: Channel) -> None:
        self._check_member(person, channel)
        self._workspace.leave(channel, person.id)

    def invite(self, person: Person, channel: Channel, invited: Person) -> None:
        self._check_can_write(person, channel)
        self._workspace.join(channel, invited.id, inviter=person.id)

    def remove(self, person: Person, channel: Channel, removed: Person) -> None:
        """Takes somebody, or the bot, out of a channel."""
        self._check_member(person, channel)
        self._workspace.leave(channel, removed.id)

    def create(self, person: Person, name: str, kind: ChannelKind) -> Channel:
        """A new channel with the person as its only member."""
        if self._workspace.find_channel(name) is not None:
            raise ActRefused("name_taken", f"There is already a channel called #{name}.")
        return self._workspace.add_channel(short_id("C"), name, kind, (person.id,), person.id)

    def archive(self, person: Person, channel: Channel) -> None:
        self._check_can_write(person, channel)
        self._workspace.archive(channel, person.id)

    def unarchive(self, person: Person, channel: Channel) -> None:
        self._workspace.unarchive(channel, person.id)

    def rename(self, person: Person, channel: Channel, name: str) -> None:
        self._check_can_write(person, channel)
        self._workspace.rename(channel, name, person.id)

    def direct_message(self, person: Person, other: Person) -> Channel:
        return self._workspace.direct_message(person.id, other.id)

    def read(self, person: Person, channel: Channel, ts: str | None = None) -> None:
        """Marks a channel as read up to `ts`, or to its end."""
        self._workspace.mark_read(channel, person.id, ts or channel.newest_ts)

    # presses -----------------------------------------------------------------------------------

    async def press_in_message(
        self,
        person: Person,
        message: Message,
        placed: Placed,
        value: Any = None,
        state: Mapping[str, Any] | None = None,
    ) -> None:
        """Uses an element of a message; returns once the app acknowledged."""
        self._check_can_see(person, self._workspace.channels[message.channel])
        if message.ephemeral_to not in (None, person.id):
            raise ActRefused("message_not_found", "That message is visible to somebody else only.")
        action = action_of(placed, value, self._core.real())
        values = self._state_with(message.blocks, placed, action, state or {})
        payload = interactions.message_press(self._core, person, message, action, values)
        await self._core.deliveries.ask(Kind.INTERACTION, "block_actions", payload)

    async def press_in_view(
        self,
        person: Person,
        view: View,
        placed: Placed,
        value: Any = None,
        state: Mapping[str, Any] | None = None,
    ) -> None:
        """Uses an element of an open modal or of App Home."""
        self._check_active(person)
        action = action_of(placed, value, self._core.real())
        view.values = self._state_with(
            view.body["blocks"], placed, action, {**view.values, **(state or {})}
        )
        payload = interactions.view_press(self._core, person, view, action)
        await self._core.deliveries.ask(Kind.INTERACTION, "block_actions", payload)

    def _state_with(
        self, blocks: list[Json] | None, placed: Placed, action: Json, given: Mapping[str, Any]
    ) -> dict[str, dict[str, Any]]:
        values = with_files(state_values(blocks, given), self._file)
        held = values.get(placed.block_id, {}).get(placed.action_id)
        if held is not None:
            for name in held:
                held[name] = action.get(name, held[name])
        return values

    async def options(
        self,
        person: Person,
        placed: Placed,
        query: str,
        message: Message | None = None,
        view: View | None = None,
    ) -> list[Json]:
        """The options the app offers for an external select while `query` is typed."""
        ids = {"action_id": placed.action_id, "block_id": placed.block_id}
        payload = interactions.suggestion(self._core, person, ids, query, message, view)
        answer = await self._core.deliveries.ask(Kind.INTERACTION, "block_suggestion", payload)
        answer = answer if isinstance(answer, Mapping) else {}
        groups = answer.get("option_groups") or ()
        return [*(answer.get("options") or ()), *(one for g in groups for one in g["options"])]

    # forms -------------------------------------------------------------------------------------

    def top_view(self, person: Person, view_id: str | None = None) -> View:
        """The uppermost open modal; refused `view_not_found` when it is not `view_id`."""
        stack = self._workspace.stacks.get(person.id, [])
        if not stack or view_id not in (None, stack[-1].id):
            raise ActRefused("view_not_found", "That form is no longer open.")
        return stack[-1]

    async def submit(self, person: Person, view: View, values: Mapping[str, Any]) -> Submitted:
        """Sends a form and carries out what the app answers: close, errors, update, push, clear."""
        blocks = view.body["blocks"]
        view.values = with_files(state_values(blocks, {**view.values, **values}), self._file)
        view.errors = missing_answers(blocks, view.values)
        if view.errors:
            self._workspace.views_changed(person.id)
            return Submitted(view.errors)
        payload = interactions.submission(self._core, person, view)
        answer = await self._core.deliveries.ask(Kind.INTERACTION, "view_submission", payload)
        return self._take_answer(person, view, answer if isinstance(answer, Mapping) else {})

    def _take_answer(self, person: Person, view: View, answer: Mapping[str, Any]) -> Submitted:
        match answer.get("response_action"):
            case None:
                self._close_submitted(person, view)
            case "errors":
                return self._show_errors(person, view, answer.get("errors") or {})
            case "clear":
                self._workspace.close_all_modals(person.id)
            case "update":
                self._workspace.replace_view(view, self._checked(answer))
                self._workspace.views_changed(person.id)
            case "push":
                self._push(person, view, self._checked(answer))
            case other:
                raise ActRefused("invalid_response", f"The app answered {other!r} to the form.")
        return Submitted()

    def _close_submitted(self, person: Person, view: View) -> None:
        if view in self._workspace.stacks.get(person.id, []):
            self._workspace.close_modal(person.id)

    def _show_errors(self, person: Person, view: View, errors: Mapping[str, str]) -> Submitted:
        inputs = {b["block_id"] for b in view.body["blocks"] if b["type"] == "input"}
        if not errors or not inputs.issuperset(errors):
            names = ", ".join(errors) or "none"
            text = f"The app's errors name blocks that are no inputs of the form ({names})."
            raise ActRefused("invalid_response", text)
        view.errors = dict(errors)
        self._workspace.views_changed(person.id)
        return Submitted(view.errors)

    def _checked(self, answer: Mapping[str, Any]) -> Json:
        body = answer.get("view")
        complaint = explain_view(body) if isinstance(body, Mapping) else None
        if not isinstance(body, Mapping) or complaint is not None:
            why = short("; ".join(complaint.messages) if complaint else "no view", 200)
            raise ActRefused(
                "invalid_response", f"The app answered with a view Slack refuses: {why}"
            )
        return body_with_ids(dict(body))

    def _push(self, person: Person, view: View, body: Json) -> None:
        if len(self._workspace.stacks.get(person.id, [])) >= MODAL_STACK:
            raise ActRefused("push_limit_reached", "The app tried to open a fourth form.")
        pushed = self._workspace.new_view(person.id, body, previous=view)
        self._workspace.push_modal(person.id, pushed)

    async def close(self, person: Person, view: View, *, whole_stack: bool = False) -> None:
        """Closes the uppermost form, or all; the app hears of it where it asked to."""
        cleared = whole_stack or bool(view.body.get("clear_on_close"))
        stack = list(self._workspace.stacks.get(person.id, []))
        closed = stack if cleared else [view]
        if cleared:
            self._workspace.close_all_modals(person.id)
        else:
            self._workspace.close_modal(person.id)
        for one in reversed(closed):
            if one.body.get("notify_on_close"):
                payload = interactions.closing(self._core, person, one, cleared=cleared)
                await self._core.deliveries.ask(Kind.INTERACTION, "view_closed", payload)

    # commands and shortcuts ----------------------------------------------------------------------

    async def command(
        self,
        person: Person,
        channel: Channel,
        name: str,
        text: str,
        *,
        thread_ts: str | None = None,
    ) -> None:
        """Runs a slash command; what comes with the acknowledgement is shown.

        In a thread there are none (docs.slack.dev/interactivity/implementing-slash-commands).
        """
        self._check_can_write(person, channel)
        if thread_ts is not None:
            raise ActRefused("not_in_threads", f"{name} is not supported in threads. Sorry!")
        if person.kind is PersonKind.EXTERNAL:
            raise ActRefused("not_allowed", "Commands are for members of this workspace only.")
        known = self._core.app.command(name)
        if known is None:
            raise ActRefused("unknown_command", f"{name} is not a valid command.")
        typed = compose(text, self._resolve) if known.get("should_escape") else text
        payload = interactions.command(self._core, person, channel, name, typed)
        answer = await self._core.deliveries.ask(Kind.COMMAND, name, payload)
        if isinstance(answer, Mapping) and (answer.get("text") or answer.get("blocks")):
            self._show_answer(person, channel, dict(answer))

    def _show_answer(self, person: Person, channel: Channel, answer: Json) -> None:
        complaint = explain_message(answer)
        if complaint is not None:
            text = f"The app answered the command with a message Slack refuses ({complaint.code})."
            raise ActRefused("invalid_response", text)
        url = ResponseUrl(person.id, channel, None, self._core.real())
        respond(self._workspace, url, answer)

    async def shortcut(
        self, person: Person, callback_id: str, message: Message | None = None
    ) -> None:
        """Runs a global shortcut, or with `message` a message shortcut."""
        self._check_active(person)
        kind = "global" if message is None else "message"
        if self._core.app.shortcut(callback_id, kind) is None:
            raise ActRefused("unknown_shortcut", f"There is no {kind} shortcut {callback_id!r}.")
        if person.kind is PersonKind.EXTERNAL:
            raise ActRefused("not_allowed", "Shortcuts are for members of this workspace only.")
        if message is None:
            payload = interactions.global_shortcut(self._core, person, callback_id)
        else:
            if message.ephemeral_to is not None:
                raise ActRefused("not_allowed", "Shortcuts do not work on ephemeral messages.")
            self._check_can_see(person, self._workspace.channels[message.channel])
            payload = interactions.message_shortcut(self._core, person, message, callback_id)
        await self._core.deliveries.ask(Kind.INTERACTION, callback_id, payload)

    def open_home(self, person: Person, tab: str = "home") -> None:
        """Opens the app's Home (or Messages) tab."""
        self._check_active(person)
        if person.kind is PersonKind.EXTERNAL:
            raise ActRefused("not_allowed", "The app's home is for members of this workspace only.")
        if tab == "home" and not self._core.app.home_tab:
            raise ActRefused("home_disabled", "The app has no Home tab.")
        self._events.home_opened(person.id, tab)

    # who may ----------------------------------------------------------------------------------

    def sees(self, person: Person, channel: Channel) -> bool:
        """Whether a person can open a channel: members, and everybody inside for public ones."""
        if person.id in channel.members:
            return True
        return channel.kind is ChannelKind.PUBLIC and not person.is_outsider

    def _check_active(self, person: Person) -> None:
        if person.deleted:
            raise ActRefused("account_inactive", f"{person.name} is deactivated.")

    def _check_can_see(self, person: Person, channel: Channel) -> None:
        self._check_active(person)
        if not self.sees(person, channel):
            raise ActRefused("channel_not_found", f"{person.name} cannot see that channel.")

    def _check_member(self, person: Person, channel: Channel) -> None:
        if person.id not in channel.members:
            name = f"#{channel.name}" if channel.name else "that conversation"
            raise ActRefused("not_in_channel", f"{person.name} is not in {name}; join it first.")

    def _check_open(self, channel: Channel) -> None:
        if channel.is_archived:
            raise ActRefused("is_archived", f"#{channel.name} is archived.")

    def _check_can_write(self, person: Person, channel: Channel) -> None:
        self._check_active(person)
        self._check_member(person, channel)
        self._check_open(channel)

    def _check_app_listens(self, channel: Channel) -> None:
        to_app = channel.is_im and self._workspace.bot.id in channel.members
        if to_app and not self._core.app.messages_tab:
            text = "Sending messages to this app has been turned off."
            raise ActRefused("messages_tab_disabled", text)

    def _check_own(self, person: Person, message: Message) -> None:
        if message.user != person.id or message.bot_id is not None:
            raise ActRefused("not_yours", f"That message is not by {person.name}.")
        if self._workspace.channels[message.channel].find(message.ts) is None:
            raise ActRefused("message_not_found", "That message no longer exists.")
