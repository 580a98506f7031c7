"""Taking a file from Slack and uploading it anew
(docs.slack.dev/messaging/working-with-files#uploading_files)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from delivery.errors import NotReached, Refused

LARGEST = 20_000_000
"""Bytes of one file, which are held in memory on their way."""
CARRIED_WITHIN = 10.0
"""Seconds for the bytes of one file one way; below the sender's lease."""
SLACK = ".slack.com"

Read: TypeAlias = Callable[..., Awaitable[Mapping[str, Any]]]


class FileCarrier:
    """Carries files with the bot's token. ``read`` calls a method of Slack's that shows nothing to
    anybody."""

    def __init__(self, client: AsyncWebClient, read: Read) -> None:
        self._client = client
        self._read = read

    async def uploaded(self, file_id: str) -> dict[str, str]:
        """The file, uploaded and seen by nobody yet, as ``files.completeUploadExternal`` names it.
        Raises ``Refused`` for a file that cannot be had."""
        shape = (await self._read("files.info", file=file_id))["file"]
        name = str(shape.get("name") or file_id)
        content = await self._taken(shape)
        place = await self._read(
            "files.getUploadURLExternal", filename=name, length=str(len(content))
        )
        await self._exchange("POST", str(place["upload_url"]), content)
        return {"id": str(place["file_id"]), "title": str(shape.get("title") or name)}

    async def content(self, file_id: str) -> bytes:
        """What the file holds. Raises ``Refused`` for a file that cannot be had."""
        return await self._taken((await self._read("files.info", file=file_id))["file"])

    async def _taken(self, shape: Mapping[str, Any]) -> bytes:
        url = str(shape.get("url_private_download") or shape.get("url_private") or "")
        if shape.get("is_external") or not self._is_slacks(url):
            raise Refused("file_is_elsewhere")
        if int(shape.get("size") or 0) > LARGEST:
            raise Refused("file_too_large")
        content = await self._exchange("GET", url)
        # Without the right to read it Slack answers with a page to sign in.
        if not content or (_is_page(content) and shape.get("filetype") != "html"):
            raise Refused("file_not_readable")
        return content

    def _is_slacks(self, url: str) -> bool:
        """The token goes to Slack alone: to its hosts, or the one that answers for it."""
        host = urlsplit(url).hostname or ""
        return host.endswith(SLACK) or host == urlsplit(self._client.base_url).hostname

    async def _exchange(self, way: str, url: str, content: bytes | None = None) -> bytes:
        session = self._client.session
        if session is None:
            raise NotReached("no_session")
        headers = {"Authorization": f"Bearer {self._client.token}"} if way == "GET" else {}
        try:
            async with (
                asyncio.timeout(CARRIED_WITHIN),
                session.request(way, url, data=content, headers=headers) as answer,
            ):
                return await _body(answer)
        except (TimeoutError, aiohttp.ClientError) as error:
            raise NotReached(type(error).__name__) from error


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    if answer.status >= 500 or answer.status == 429:
        raise NotReached(f"http_{answer.status}")
    if answer.status >= 400:
        raise Refused(f"file_http_{answer.status}")
    if (answer.content_length or 0) > LARGEST:
        raise Refused("file_too_large")
    return await answer.read()


def _is_page(content: bytes) -> bool:
    return content[:200].lstrip().lower().startswith((b"<!doctype html", b"<html"))
