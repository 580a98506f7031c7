"""What a test does that finds no PostgreSQL."""

import pytest

from tests.postgresql import go_without


def test_it_is_skipped_where_nothing_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUIRE_PG", raising=False)

    with pytest.raises(pytest.skip.Exception, match="none here"):
        go_without("none here")


def test_it_fails_where_postgresql_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUIRE_PG", "1")

    with pytest.raises(pytest.fail.Exception, match="none here"):
        go_without("none here")
