"""HTTP delivery: requests to the bot's own URLs, truly signed.

Signature: docs.slack.dev/authentication/verifying-requests-from-slack; retry headers and
`x-slack-no-retry`: docs.slack.dev/apis/events-api.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson

from sandbox.delivery import Deliveries, Delivery, Kind


@dataclass(frozen=True, slots=True)
class RequestUrls:
    """Where the app takes events, interactions and commands; Bolt uses one path for all."""

    events: str
    interactions: str
    commands: str

    @classmethod
    def all_at(cls, url: str) -> "RequestUrls":
        return cls(url, url, url)


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """`v0=` and the hex HMAC-SHA256 of `v0:{timestamp}:{body}`."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class HttpTransport:
    """Delivers by POST; a 2xx within the time counts as acknowledged."""

    mode = "http"

    def __init__(
        self,
        urls: RequestUrls,
        secret: str,
        deliveries: Deliveries,
        real: Callable[[], float],
    ) -> None:
        self._urls = urls
        self._secret = secret
        self._deliveries = deliveries
        self._real = real
        self._session: aiohttp.ClientSession | None = None
        self._running: set[asyncio.Task[None]] = set()

    @property
    def connected(self) -> bool:
        return True

    def carry(self, delivery: Delivery) -> None:
        task = asyncio.create_task(self._post(delivery, delivery.envelope_id))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def cut(self) -> None:
        for task in tuple(self._running)[:1]:
            task.cancel()

    async def close(self) -> None:
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _post(self, delivery: Delivery, envelope_id: str) -> None:
        url, body, content_type = self._request(delivery)
        headers = self._headers(body, content_type)
        if delivery.attempt:
            headers |= {
                "X-Slack-Retry-Num": str(delivery.attempt),
                "X-Slack-Retry-Reason": delivery.reason,
            }
        timeout = aiohttp.ClientTimeout(total=self._deliveries.times.ack_within)
        try:
            async with self._client().post(
                url, data=body, headers=headers, timeout=timeout
            ) as answer:
                self._settle(delivery, envelope_id, answer, await answer.read())
        except TimeoutError:
            self._deliveries.fail(delivery, envelope_id, "http_timeout")
        except aiohttp.ClientError:
            self._deliveries.fail(delivery, envelope_id, "connection_failed")

    def _settle(
        self, delivery: Delivery, envelope_id: str, answer: aiohttp.ClientResponse, body: bytes
    ) -> None:
        if 200 <= answer.status < 300:
            self._deliveries.acknowledge(delivery, envelope_id, _read(answer.content_type, body))
            return
        no_retry = answer.headers.get("x-slack-no-retry") == "1"
        self._deliveries.fail(delivery, envelope_id, "http_error", final=no_retry)

    def _request(self, delivery: Delivery) -> tuple[str, bytes, str]:
        form = "application/x-www-form-urlencoded"
        if delivery.kind is Kind.EVENT:
            return self._urls.events, orjson.dumps(delivery.payload), "application/json"
        if delivery.kind is Kind.COMMAND:
            return self._urls.commands, urlencode(delivery.payload).encode(), form
        payload = orjson.dumps(delivery.payload).decode()
        return self._urls.interactions, urlencode({"payload": payload}).encode(), form

    def _headers(self, body: bytes, content_type: str) -> dict[str, str]:
        timestamp = str(int(self._real()))
        return {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self._secret, timestamp, body),
            "User-Agent": "Slackbot 1.0 (sandbox)",
        }

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session


def _read(content_type: str, body: bytes) -> Any:
    if not body:
        return None
    if content_type == "application/json":
        return orjson.loads(body)
    return {"text": body.decode()}
