"""When a reminder may go out."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rollout.plan import Settings
from rollout.reminding import (
    LEAST_APART,
    STALE_AFTER,
    Reminded,
    may_remind,
    next_moment,
    too_late,
    working_moment,
)

SETTINGS = Settings(2027, timezone="Europe/Amsterdam", holidays="NL")
NOW = datetime(2027, 7, 20, 12, 0, tzinfo=UTC)


def reminded(count: int) -> Reminded:
    return Reminded("T1/it/U1", "T1", "U1", "it", count, NOW)


def test_nobody_is_reminded_more_than_twice_nor_the_same_time_twice() -> None:
    assert may_remind(None, 1)
    assert may_remind(reminded(1), 2)
    assert not may_remind(reminded(1), 1)
    assert not may_remind(reminded(2), 2)
    assert not may_remind(reminded(2), 3)
    assert not may_remind(None, 3)


@pytest.mark.parametrize(
    ("at", "zone", "ready"),
    [
        ("2027-07-20T06:59", "Europe/Amsterdam", "2027-07-20T07:00"),
        ("2027-07-20T07:00", "Europe/Amsterdam", "2027-07-20T07:00"),
        ("2027-07-20T14:59", "Europe/Amsterdam", "2027-07-20T14:59"),
        ("2027-07-20T15:00", "Europe/Amsterdam", "2027-07-21T07:00"),
        ("2027-07-20T09:30", "Asia/Taipei", "2027-07-21T01:00"),
        ("2027-07-23T16:00", "Europe/London", "2027-07-26T08:00"),
        ("2027-04-26T15:30", "", "2027-04-28T07:00"),
        ("2027-07-20T07:00", "Mars/Olympus", "2027-07-20T07:00"),
    ],
)
def test_reminders_go_out_in_the_persons_working_hours(at: str, zone: str, ready: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)

    found = working_moment(moment, zone, SETTINGS)

    assert datetime.fromisoformat(ready).replace(tzinfo=UTC) == found


def test_a_day_off_of_the_plan_is_nobodys_working_day() -> None:
    settings = Settings(2027, timezone="UTC", days_off=(date(2027, 7, 20),))

    assert datetime(2027, 7, 21, 9, tzinfo=UTC) == working_moment(NOW, "UTC", settings)


def test_two_reminders_lie_apart_also_when_the_bot_was_away() -> None:
    assert NOW + LEAST_APART == next_moment(reminded(1), NOW - timedelta(days=9), NOW)
    assert NOW == next_moment(None, NOW - timedelta(days=9), NOW)
    assert NOW + timedelta(days=3) == next_moment(None, NOW + timedelta(days=3), NOW)


def test_a_turn_long_ago_is_not_spoken_of() -> None:
    assert not too_late(NOW - STALE_AFTER, NOW)
    assert too_late(NOW - STALE_AFTER - timedelta(seconds=1), NOW)
