"""Faults are caused on both engines."""

from tests.conversations.conftest import store_url

__all__ = ["store_url"]
