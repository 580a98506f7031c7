"""Fixtures that every part of the suite shares."""

import os

import pytest


@pytest.fixture(scope="session")
def fault_rounds() -> int:
    """How often each fault is caused: 5 in the normal run, 100 in ``make faults``."""
    return int(os.environ.get("FAULT_ROUNDS", "5"))
