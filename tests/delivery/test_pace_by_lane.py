"""Announcements leave room for conversation."""

import pytest

from delivery.pace import UNLIMITED, Pace, Rate, SlotFarOff
from storage.outbox import Lane


async def test_conversation_takes_its_burst_although_announcements_are_queued() -> None:
    pace = Pace(UNLIMITED, Rate(interval=10.0, burst=3), now=lambda: 0.0)
    await pace.slot("C0ONE", Lane.ANNOUNCEMENT)
    with pytest.raises(SlotFarOff) as announcement:
        await pace.slot("C0TWO", Lane.ANNOUNCEMENT)

    for channel in ("C0THREE", "C0FOUR"):
        await pace.slot(channel, Lane.CONVERSATION)
    with pytest.raises(SlotFarOff) as conversation:
        await pace.slot("C0FIVE", Lane.CONVERSATION)

    assert 10.0 == announcement.value.seconds
    assert 10.0 == conversation.value.seconds


async def test_what_conversation_takes_announcements_wait_for() -> None:
    pace = Pace(UNLIMITED, Rate(interval=10.0, burst=3), now=lambda: 0.0)
    for channel in ("C0ONE", "C0TWO", "C0THREE"):
        await pace.slot(channel)

    with pytest.raises(SlotFarOff) as announcement:
        await pace.slot("C0FOUR", Lane.ANNOUNCEMENT)

    assert 30.0 == announcement.value.seconds
