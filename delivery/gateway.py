"""The gateway: the only place that calls Slack's Web API.

Reads are retried by the client. Writes never are: a connection that broke does not prove that
nothing was posted, and the stock client's retry posts twice.
"""

import asyncio
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import orjson
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from delivery.errors import (
    ALREADY_SO,
    TOO_FAST,
    AccessLost,
    MessageGone,
    MessageRefused,
    NotReached,
    OutcomeUnknown,
    Refused,
    SlackError,
    ThreadGone,
    TooFast,
    error_for,
)
from delivery.files import FileCarrier
from delivery.responses import (
    Channel,
    FoundMessage,
    Identity,
    read_channel,
    read_found,
    read_identity,
    read_person,
)
from helpdesk.people import Person
from storage.outbox import Content, MessageAt, Persona, Posted

METADATA_EVENT = "signpost_message"
EDIT_TEXT = 4_000
"""Characters (docs.slack.dev/reference/methods/chat.update: msg_too_long)."""
POST_TEXT = 40_000
"""Characters; Slack cuts what is longer (docs.slack.dev/reference/methods/chat.postMessage)."""
PAGE = 200
MOST_PAGES = 10
"""Of a thread or channel, in which a message of ours is looked for: a weekend's talk."""
ANSWER_WITHIN = 10.0
"""Seconds for one call, or for a read with all its retries; well below the sender's lease. The
client's own ``timeout`` does not hold for a session that is given to it (slack_sdk,
web/async_internal_utils)."""
DEFAULT_RETRY_AFTER = 30.0
UNREADABLE = "unreadable_response"
"""Our code for an answer without a code of Slack's, as proxies on the way give it."""


def web_client(token: str, base_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client for writes: no retries."""
    return _client(token, base_url, session, [])


def reading_client(token: str, base_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client for reads, which may be repeated without harm."""
    handlers: list[AsyncRetryHandler] = [
        AsyncConnectionErrorRetryHandler(max_retry_count=2),
        AsyncRateLimitErrorRetryHandler(max_retry_count=3),
        AsyncServerErrorRetryHandler(max_retry_count=2),
    ]
    return _client(token, base_url, session, handlers)


USER_GROUP = "S"
"""What the ids of user groups begin with (docs.slack.dev/reference/methods/usergroups.list)."""


class Gateway:
    """Calls Slack and answers in our own types; every method raises errors of ``SlackError``."""

    def __init__(self, writer: AsyncWebClient, reader: AsyncWebClient) -> None:
        self._writer = writer
        self._reader = reader
        self._direct_messages: dict[str, str] = {}

    def use_token(self, token: str) -> None:
        """Speak with this token from the next call on."""
        self._writer.token = token
        self._reader.token = token

    async def identity(self) -> Identity:
        """Who we are: the answer of ``auth.test``."""
        return read_identity(await self._read("auth.test"))

    async def scopes(self) -> frozenset[str]:
        """The scopes of our token, as the response header of ``auth.test`` lists them."""
        granted = _headers(await self._call(self._reader, "auth.test", {})).get(
            "x-oauth-scopes", ""
        )
        return frozenset(scope.strip() for scope in str(granted).split(",") if scope.strip())

    async def time(self) -> datetime | None:
        """Slack's time, by the date header of an answer."""
        date = _headers(await self._call(self._reader, "auth.test", {})).get("date")
        return parsedate_to_datetime(date) if date else None

    async def post(
        self,
        channel: str,
        content: Content,
        *,
        key: str,
        thread_ts: str | None = None,
        persona: Persona | None = None,
    ) -> Posted:
        """Post once. ``key`` travels in the metadata, to find the message by.

        A reply under a deleted root lands in the channel, without ``thread_ts`` in the answer: it
        is taken back, and ``ThreadGone`` raised.
        """
        arguments = _message(content, POST_TEXT) | _as_persona(persona)
        arguments |= {"channel": channel, "unfurl_links": False, "unfurl_media": False}
        arguments["metadata"] = {"event_type": METADATA_EVENT, "event_payload": {"key": key}}
        if thread_ts:
            arguments["thread_ts"] = thread_ts
        answer = await self._write("chat.postMessage", arguments)
        posted = Posted(str(answer["channel"]), str(answer["ts"]))
        if thread_ts and answer.get("message", {}).get("thread_ts") != thread_ts:
            await self._take_back(posted)
            raise ThreadGone("thread_not_found")
        return posted

    async def _take_back(self, posted: Posted) -> None:
        """Raises ``OutcomeUnknown`` when it stays for now, so that it is looked for later."""
        try:
            await self.withdraw(MessageAt(posted.channel, posted.ts))
        except MessageGone:
            return
        except SlackError as error:
            raise OutcomeUnknown(f"not_taken_back_{error.code}") from error

    async def edit(self, target: MessageAt, content: Content) -> None:
        """Show a message anew."""
        arguments = _message(content, EDIT_TEXT) | {"channel": target.channel, "ts": target.ts}
        arguments.setdefault("blocks", [])
        await self._write("chat.update", arguments)

    async def withdraw(self, target: MessageAt) -> None:
        """Take a message back."""
        await self._write("chat.delete", {"channel": target.channel, "ts": target.ts})

    async def whisper(
        self, channel: str, user: str, content: Content, thread_ts: str | None
    ) -> None:
        """Show something to one person, until they reload."""
        arguments = _message(content, POST_TEXT) | {"channel": channel, "user": user}
        if thread_ts:
            arguments["thread_ts"] = thread_ts
        await self._write("chat.postEphemeral", arguments)

    async def respond(self, url: str, content: Content, *, replace_original: bool) -> None:
        """Answer through a ``response_url``; only the person sees it
        (docs.slack.dev/interactivity/handling-user-interaction, "message responses")."""
        body = _message(content, POST_TEXT) | {
            "response_type": "ephemeral",
            "replace_original": replace_original,
        }
        session = self._writer.session
        if session is None:
            raise NotReached("no_session")
        try:
            async with session.post(
                url,
                data=orjson.dumps(body),
                headers={"Content-Type": "application/json"},
                timeout=aiohttp.ClientTimeout(total=self._writer.timeout),
            ) as answer:
                text = (await answer.text())[:100]
                _raise_for_response_url(answer.status, answer.headers, text)
        except aiohttp.ClientConnectorError as error:
            raise NotReached(type(error).__name__) from error
        except (TimeoutError, aiohttp.ClientError) as error:
            raise OutcomeUnknown(type(error).__name__) from error

    async def publish_home(self, user: str, view: Mapping[str, Any]) -> None:
        await self._write("views.publish", {"user_id": user, "view": dict(view)})

    async def open(self, trigger_id: str, view: Mapping[str, Any]) -> None:
        """Open a modal. Raises ``TriggerSpent`` when the trigger is used or older than 3 s."""
        await self._write("views.open", {"trigger_id": trigger_id, "view": dict(view)})

    async def open_connection(self) -> None:
        """Ask for a Socket Mode address, which opens nothing yet; works with an app-level token."""
        await self._read("apps.connections.open")

    async def direct_message(self, user: str) -> str:
        """The channel of the direct message with a person."""
        if user not in self._direct_messages:
            answer = await self._read("conversations.open", users=user)
            self._direct_messages[user] = str(answer["channel"]["id"])
        return self._direct_messages[user]

    async def join(self, channel: str) -> None:
        """Join a public channel. Raises ``ChannelUnusable`` where only an invitation helps; "too
        fast" is not waited for here, where it would hold up posts to other channels."""
        await self._write("conversations.join", {"channel": channel})

    async def find(self, key: str, channel: str, thread_ts: str | None) -> FoundMessage | None:
        """Our message of that key in a thread, or among the newest of the channel."""
        if thread_ts:
            found = await self._find_in("conversations.replies", key, channel=channel, ts=thread_ts)
            if found:
                return found
        return await self._find_in("conversations.history", key, channel=channel)

    async def carry_files(
        self, files: Sequence[str], channel: str, thread_ts: str | None, comment: str
    ) -> None:
        """Take files from Slack and upload them anew in one message. What goes wrong before the
        last call has shown nothing to anybody."""
        carrier = FileCarrier(self._writer, self._read)
        try:
            uploaded = [await carrier.uploaded(one) for one in files]
            arguments: dict[str, Any] = {"files": uploaded, "channel_id": channel}
            arguments |= {"initial_comment": comment}
            if thread_ts:
                arguments["thread_ts"] = thread_ts
            await self._write("files.completeUploadExternal", arguments)
        except AccessLost as error:
            if error.code != "missing_scope":
                raise
            # A workspace may withhold the scopes for files; all else goes on without them.
            raise Refused(error.code) from error

    async def file_content(self, file_id: str) -> bytes:
        """What an uploaded file holds."""
        return await FileCarrier(self._writer, self._read).content(file_id)

    async def has_said(self, text: str, channel: str, thread_ts: str | None) -> bool:
        """Whether a message of files with these words stands in the thread, or among the newest of
        the channel."""
        method = "conversations.replies" if thread_ts else "conversations.history"
        where = {"channel": channel} | ({"ts": thread_ts} if thread_ts else {})
        cursor = ""
        for _ in range(MOST_PAGES):
            answer = await self._read(method, limit=PAGE, cursor=cursor, **where)
            messages: Sequence[Mapping[str, Any]] = answer.get("messages", ())
            if any(one.get("text") == text and one.get("files") for one in messages):
                return True
            cursor = _next_cursor(answer)
            if not cursor:
                return False
        return False

    async def person(self, user: str, team: str, enterprise: str = "") -> Person:
        """The person as seen from our team, and our organisation where it has several."""
        answer = await self._read("users.info", user=user, include_locale=True)
        return read_person(answer["user"], team, enterprise)

    async def user_of(self, address: str) -> str:
        """The id of the person with that e-mail address. Raises ``PersonUnreachable`` for an
        address nobody has."""
        answer = await self._read("users.lookupByEmail", email=address)
        return str(answer["user"]["id"])

    async def addresses(self, cursor: str) -> tuple[dict[str, str], str]:
        """One page of the people of the workspace, address (in lower case) to id, and the cursor of
        the next page; empty at the end."""
        answer = await self._read("users.list", limit=PAGE, cursor=cursor)
        page = {
            str(profile["email"]).casefold(): str(one["id"])
            for one in answer["members"]
            if (profile := one.get("profile") or {}).get("email") and not one.get("deleted")
        }
        return page, _next_cursor(answer)

    async def members(self, place: str) -> frozenset[str]:
        """Everybody in a channel or user group, bots and guests included."""
        if place.startswith(USER_GROUP):
            answer = await self._read("usergroups.users.list", usergroup=place)
            return frozenset(answer["users"])
        return await self._in_channel(place)

    async def _in_channel(self, channel: str) -> frozenset[str]:
        members: set[str] = set()
        cursor = ""
        while True:
            answer = await self._read(
                "conversations.members", channel=channel, limit=1000, cursor=cursor
            )
            members.update(answer["members"])
            cursor = _next_cursor(answer)
            if not cursor:
                return frozenset(members)

    async def channels_of(self, user: str) -> frozenset[str]:
        """The channels somebody is in; of the private ones those we are in too
        (docs.slack.dev/reference/methods/users.conversations)."""
        return await self._channels({"user": user})

    async def own_channels(self) -> frozenset[str]:
        """The channels we are in ourselves."""
        return await self._channels({})

    async def _channels(self, whose: Mapping[str, str]) -> frozenset[str]:
        channels: set[str] = set()
        where = {**whose, "types": "public_channel,private_channel", "limit": 1000}
        cursor = ""
        while True:
            answer = await self._read("users.conversations", **where, cursor=cursor)
            channels.update(str(one["id"]) for one in answer["channels"])
            cursor = _next_cursor(answer)
            if not cursor:
                return frozenset(channels)

    async def channel(self, channel: str) -> Channel:
        answer = await self._read("conversations.info", channel=channel)
        return read_channel(answer["channel"])

    async def _find_in(self, method: str, key: str, **where: str) -> FoundMessage | None:
        cursor = ""
        for _ in range(MOST_PAGES):
            page = {"limit": PAGE, "include_all_metadata": True, "cursor": cursor}
            try:
                answer = await self._read(method, **page, **where)
            except ThreadGone:
                return None
            messages: Sequence[Mapping[str, Any]] = answer.get("messages", ())
            found = next((one for one in messages if _key(one) == key), None)
            if found:
                return read_found(found, where["channel"])
            cursor = _next_cursor(answer)
            if not cursor:
                return None
        return None

    async def _read(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        response = await self._call(self._reader, method, arguments, form=True)
        return _body(response)

    async def _write(self, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        return _body(await self._call(self._writer, method, arguments))

    async def _call(
        self,
        client: AsyncWebClient,
        method: str,
        arguments: Mapping[str, Any],
        *,
        form: bool = False,
    ) -> AsyncSlackResponse:
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                if form:
                    return await client.api_call(method, params=dict(arguments))
                return await client.api_call(method, json=dict(arguments))
        except SlackApiError as error:
            return _as_wanted_or_raise(error)
        except aiohttp.ClientConnectorError as error:
            raise NotReached(type(error).__name__) from error
        except (TimeoutError, aiohttp.ClientError) as error:
            raise OutcomeUnknown(type(error).__name__) from error
        except (
            AttributeError,
            ValueError,
        ) as error:  # the client met no JSON object
            raise OutcomeUnknown(UNREADABLE) from error


def _client(
    token: str, base_url: str, session: aiohttp.ClientSession, handlers: list[AsyncRetryHandler]
) -> AsyncWebClient:
    return AsyncWebClient(
        token=token, base_url=base_url, session=session, retry_handlers=handlers, timeout=10
    )


def _message(content: Content, most: int) -> dict[str, Any]:
    arguments: dict[str, Any] = {"text": content.text[:most]}
    if content.blocks:
        arguments["blocks"] = [dict(block) for block in content.blocks]
    return arguments


def _as_persona(persona: Persona | None) -> dict[str, Any]:
    if persona is None:
        return {}
    picture = {"icon_url": persona.picture} if persona.picture else {}
    return {"username": persona.name, **picture}


def _next_cursor(answer: Mapping[str, Any]) -> str:
    return str((answer.get("response_metadata") or {}).get("next_cursor") or "")


def _headers(response: AsyncSlackResponse) -> dict[str, str]:
    return {name.lower(): str(value) for name, value in (response.headers or {}).items()}


def _key(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    key = (metadata.get("event_payload") or {}).get("key")
    return str(key) if key else None


def _body(response: AsyncSlackResponse) -> Mapping[str, Any]:
    if not isinstance(response.data, dict):
        raise OutcomeUnknown(UNREADABLE)
    return response.data


def _as_wanted_or_raise(error: SlackApiError) -> AsyncSlackResponse:
    response = error.response
    code = _code(response)
    if code in ALREADY_SO and isinstance(response, AsyncSlackResponse):
        return response
    raise _translated(response, code) from error


def _translated(response: Any, code: str) -> SlackError:
    """Slack's refusals are JSON with a code: what has none proves nothing."""
    status = getattr(response, "status_code", 200)
    if status == 429 or code in TOO_FAST:
        return TooFast(code, _retry_after(response.headers or {}))
    if status >= 500:
        return OutcomeUnknown(f"http_{status}")
    return OutcomeUnknown(code) if code == UNREADABLE else error_for(code)


def _retry_after(headers: Mapping[str, Any]) -> float:
    """The seconds to wait; ``DEFAULT_RETRY_AFTER`` where the header does not tell."""
    told = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    try:
        seconds = float(told)
    except ValueError:
        return DEFAULT_RETRY_AFTER
    return seconds if math.isfinite(seconds) and seconds >= 0 else DEFAULT_RETRY_AFTER


def _code(response: Any) -> str:
    body = getattr(response, "data", response)
    return str(body.get("error", UNREADABLE)) if isinstance(body, dict) else UNREADABLE


def _raise_for_response_url(status: int, headers: Mapping[str, str], text: str) -> None:
    if status == 429:
        raise TooFast("ratelimited", _retry_after(headers))
    if status >= 500:
        raise OutcomeUnknown(f"http_{status}")
    if status >= 400:
        raise MessageRefused(text or f"http_{status}")
