"""Structured logs: ids and reasons, never texts of people, never secrets."""

import logging
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from typing import Any

import structlog

STARS = "*****"
_QUOTING = ("slack_bolt", "slack_sdk", "aiohttp", "asyncio", "psycopg", "markdown_it")


def configure_logs(level: str, secrets: Iterable[str] = ()) -> Callable[[str], None]:
    """Log to standard error at ``level``: lines for a terminal, JSON otherwise. ``secrets`` are
    replaced by stars wherever they turn up, in our own lines and in those of libraries. What is
    given back hides one more secret from then on."""
    hide = _Hider(secrets)
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_kinds_and_places),
        hide,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                hide,
                _last_form(),
            ],
        )
    )
    handler.addFilter(_says_no_payload)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    return hide.add


def _kinds_and_places(exc_info: Any) -> str:
    """A traceback without the words of its exceptions: they may quote what people wrote."""
    return "\n".join(_told(exc_info[1]))


def _told(error: BaseException) -> Iterator[str]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _told(before)
        yield "then:"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip()
    yield type(error).__qualname__


def _says_no_payload(record: logging.LogRecord) -> bool:
    """Debug and info lines of the libraries quote payloads, which hold what people wrote."""
    return record.levelno >= logging.WARNING or not record.name.startswith(_QUOTING)


def _last_form() -> Any:
    if sys.stderr.isatty():
        return structlog.dev.ConsoleRenderer()
    return structlog.processors.JSONRenderer(ensure_ascii=False)


class _Hider:
    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = set(secrets)

    def add(self, secret: str) -> None:
        self._secrets.add(secret)

    def __call__(
        self, logger: Any, method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        for key, value in event.items():
            if isinstance(value, str):
                event[key] = self._hidden(value)
        return event

    def _hidden(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, STARS)
        return text
