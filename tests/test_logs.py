"""Logs hold ids and reasons: neither secrets nor what people wrote."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from logs import configure_logs
from settings import read_settings, secrets_of
from tests.test_settings import COMPLETE

SAID = "my password is hunter2"


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def fail() -> None:
    try:
        raise KeyError(SAID)
    except KeyError as inner:
        raise ValueError(f"cannot read {SAID!r}") from inner


def test_an_exception_is_logged_by_kind_and_place_and_not_by_its_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logs("INFO")
    try:
        fail()
    except ValueError:
        structlog.get_logger("signpost").exception("payload failed", payload="event:1")

    written = capsys.readouterr().err
    assert "hunter2" not in written
    assert "ValueError" in written
    assert "KeyError" in written
    assert "in fail" in written
    assert "event:1" in json.loads(written)["payload"]


def test_an_exception_of_a_library_is_logged_without_its_words_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logs("INFO")
    try:
        fail()
    except ValueError:
        logging.getLogger("asyncio").error("a task broke", exc_info=True)

    written = capsys.readouterr().err
    assert "hunter2" not in written
    assert "in fail" in written


def test_the_password_of_the_store_is_hidden_like_a_token() -> None:
    url = "postgresql://signpost:geheim%21@db/signpost"
    settings = read_settings(COMPLETE | {"STORE_URL": url})

    assert "geheim" not in repr(settings)
    assert {url, "geheim%21", "geheim!"} <= set(secrets_of(settings))
