"""Plans for the tests."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rollout.plan import Plan, Settings
from rollout.reading import load_plan, read_plan
from rollout.schedule import Planned, schedule

EXAMPLE = Path(__file__).parents[2] / "rollout" / "plan.example.yaml"
BEFORE_ALL = datetime(2027, 1, 1, tzinfo=UTC)

SMALL = """\
title: Small plan
settings:
  year: 2027
  timezone: {timezone}
  weekday: {weekday}
  hour: {hour}
  holidays: {holidays}
sponsor:
  name: Ada Ashby
groups:
  all: {{name: All, channels: C0GENERAL}}
  it: {{name: IT, channels: C0IT{more}}}
waves:
  - phase: kickoff
    dates: {{all: {kickoff}}}
  - phase: pre-enrollment
    dates: {{it: {pre}}}
  - phase: enrollment
    dates: {{it: {enrollment}}}
"""


def sample() -> Plan:
    return load_plan(EXAMPLE)


def small(**fields: str) -> Plan:
    """A plan of three messages, with some fields given."""
    return read_plan(small_text(**fields), "plan.yaml")


def small_text(**fields: str) -> str:
    defaults = {
        "timezone": "UTC",
        "weekday": "tuesday",
        "hour": '"09:00"',
        "holidays": "",
        "more": "",
        "kickoff": "first week of July",
        "pre": "second week of July",
        "enrollment": "third week of July",
    }
    return SMALL.format(**(defaults | fields))


def with_settings(plan: Plan, settings: Settings) -> Plan:
    return replace(plan, settings=settings)


def announced(plan: Plan, announcement_id: str) -> Planned:
    found = schedule(plan).named(announcement_id)
    assert found is not None, f"{announcement_id} is not in the plan"
    return found
