"""Dates in words become moments, and the order of messages is held."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from rollout.calendar import NoSuchWeek, day_off, moment, resolved_day
from rollout.errors import Severity
from rollout.plan import LAST_WEEK, InWeek, OnDay, Phase, Settings, Weekday
from rollout.schedule import check, schedule, starts_at
from tests.rollout.plans import BEFORE_ALL, announced, sample, small

AMSTERDAM = Settings(2027, timezone="Europe/Amsterdam", holidays="NL")


def problems(plan_text_fields: dict[str, str], now: datetime = BEFORE_ALL) -> list[str]:
    return [one.problem for one in check(small(**plan_text_fields), now)]


def test_the_sample_plan_yields_17_announcements() -> None:
    assert 17 == len(schedule(sample()).announcements)


def test_every_group_of_the_sample_gets_its_four_messages_in_its_month() -> None:
    result = schedule(sample())

    for group_id, month in (
        ("it", 7),
        ("sales-and-marketing", 8),
        ("retail", 9),
        ("hr-finance-and-executives", 10),
    ):
        own = result.of_group(group_id)
        assert [
            "pre-enrollment-1",
            "pre-enrollment-2",
            "enrollment",
            "post-enrollment",
        ] == [one.template for one in own]
        assert {month} == {one.at.month for one in own}


def test_the_sample_plan_is_in_order() -> None:
    assert not [one for one in check(sample(), BEFORE_ALL) if one.severity is not Severity.NOTE]


def test_the_first_week_is_the_first_of_the_weekday() -> None:
    assert date(2027, 7, 6) == resolved_day(InWeek(1, 7), AMSTERDAM).day
    thursday = replace(AMSTERDAM, weekday=Weekday.THURSDAY)
    assert date(2027, 7, 1) == resolved_day(InWeek(1, 7), thursday).day


def test_the_last_week_is_the_last_of_the_weekday() -> None:
    assert date(2027, 7, 27) == resolved_day(InWeek(LAST_WEEK, 7), AMSTERDAM).day


def test_a_fifth_week_exists_only_where_the_weekday_comes_five_times() -> None:
    assert date(2027, 6, 29) == resolved_day(InWeek(5, 6), AMSTERDAM).day
    with pytest.raises(NoSuchWeek, match="July 2027 has only 4 of tuesday"):
        resolved_day(InWeek(5, 7), AMSTERDAM)


def test_a_week_that_does_not_exist_is_reported_and_the_others_stay() -> None:
    plan = small(enrollment="fifth week of July")

    result = schedule(plan)

    assert 2 == len(result.announcements)
    assert "waves.3.dates.it" == result.findings[0].field
    assert 19 == result.findings[0].line


def test_a_week_of_another_year_is_that_year() -> None:
    assert date(2028, 1, 4) == resolved_day(InWeek(1, 1, 2028), AMSTERDAM).day


def test_a_holiday_gives_way_to_the_next_working_day() -> None:
    # King's Day, 27 April 2027, is a Tuesday.
    day = resolved_day(InWeek(4, 4), AMSTERDAM)

    assert date(2027, 4, 28) == day.day
    assert "holiday" in day.notes[0]


def test_a_holiday_before_a_weekend_gives_way_to_monday() -> None:
    friday = replace(AMSTERDAM, weekday=Weekday.FRIDAY, days_off=(date(2027, 7, 2),))

    assert date(2027, 7, 5) == resolved_day(InWeek(1, 7), friday).day


def test_a_day_given_as_such_stands_and_is_remarked_on() -> None:
    day = resolved_day(OnDay(date(2027, 12, 25)), AMSTERDAM)

    assert date(2027, 12, 25) == day.day
    assert day.notes == ("falls on a weekend",)


def test_a_working_day_is_no_day_off() -> None:
    assert "" == day_off(date(2027, 7, 6), AMSTERDAM)
    assert "a weekend" == day_off(date(2027, 7, 10), AMSTERDAM)


def test_an_hour_is_local_in_summer_and_winter() -> None:
    summer = moment(date(2027, 7, 6), time(9), AMSTERDAM)
    winter = moment(date(2027, 12, 7), time(9), AMSTERDAM)

    assert (7, 8) == (summer.at.hour, winter.at.hour)


def test_an_hour_that_the_clocks_skip_counts_from_before_the_change() -> None:
    skipped = moment(date(2027, 3, 28), time(2, 30), AMSTERDAM)

    assert datetime(2027, 3, 28, 1, 30, tzinfo=UTC) == skipped.at
    assert "03:30 is taken" in skipped.notes[0]


def test_of_an_hour_that_comes_twice_the_first_is_taken() -> None:
    twice = moment(date(2027, 10, 31), time(2, 30), AMSTERDAM)

    assert datetime(2027, 10, 31, 0, 30, tzinfo=UTC) == twice.at
    assert "comes twice" in twice.notes[0]


def test_the_kickoff_comes_before_a_pre_enrollment_message_of_the_same_week() -> None:
    plan = small(pre="first week of July")

    assert date(2027, 7, 6) == announced(plan, "kickoff-all").at.date()
    assert date(2027, 7, 7) == announced(plan, "pre-enrollment-1-it").at.date()


@pytest.mark.parametrize("weekday", list(Weekday))
@pytest.mark.parametrize("month", ["January", "April", "July", "December"])
def test_the_kickoff_comes_first_whatever_the_weekday(weekday: str, month: str) -> None:
    plan = small(
        weekday=weekday,
        holidays="NL",
        kickoff=f"first week of {month}",
        pre=f"first week of {month}",
        enrollment=f"third week of {month}",
    )

    result = schedule(plan)

    assert "kickoff-all" == result.announcements[0].id
    assert result.announcements[0].at < result.announcements[1].at
    assert () == result.findings


def test_a_day_before_the_kickoff_is_reported_not_moved() -> None:
    plan = small(pre="2027-07-05")

    (finding, *_) = schedule(plan).findings

    assert "would go out before the kickoff" in finding.problem
    assert date(2027, 7, 5) == announced(plan, "pre-enrollment-1-it").at.date()


def test_overlapping_waves_of_a_group_are_reported() -> None:
    later = problems({"pre": "fourth week of July"})
    together = problems({"pre": "2027-07-20", "enrollment": "2027-07-20"})

    assert any("comes after enrollment-it" in one for one in later)
    assert any("overlaps" in one for one in together)


def test_past_dates_are_reported_on_both_sides_of_the_limit() -> None:
    kickoff = announced(small(), "kickoff-all").at

    assert not problems({}, kickoff.replace(hour=8, minute=59))
    assert ["kickoff-all lies in the past (2027-07-06 09:00)"] == problems({}, kickoff)


def test_a_group_in_batches_enrolls_week_by_week() -> None:
    plan = small(more=", people: 101, batches: 50 per week")

    own = [one for one in schedule(plan).announcements if one.phase is Phase.ENROLLMENT]

    assert ["2027-07-20", "2027-07-27", "2027-08-03"] == [str(one.at.date()) for one in own]
    assert ["enrollment-it", "enrollment-it-batch-2", "enrollment-it-batch-3"] == [
        one.id for one in own
    ]


@pytest.mark.parametrize(("people", "batches"), [("1", 1), ("50", 1), ("51", 2), ("100", 2)])
def test_a_batch_is_full_before_the_next_begins(people: str, batches: int) -> None:
    plan = small(more=f", people: {people}, batches: 50 per week")

    assert batches == plan.groups[1].batches


def test_a_kickoff_may_be_repeated_in_shorter_form() -> None:
    plan = small()
    kickoff = replace(plan.waves[0], repeats=2)

    own = [
        one
        for one in schedule(replace(plan, waves=(kickoff, *plan.waves[1:]))).announcements
        if one.phase is Phase.KICKOFF
    ]

    assert ["kickoff", "kickoff-again", "kickoff-again"] == [one.template for one in own]
    assert [6, 13, 20] == [one.at.day for one in own]


def test_a_group_starts_with_its_enrollment_or_on_its_own_day() -> None:
    plan, special = small(), small(more=", starts: 2027-09-01")

    assert announced(plan, "enrollment-it").at == starts_at(plan.groups[1], plan, schedule(plan))
    starts = starts_at(special.groups[1], special, schedule(special))
    assert datetime(2027, 9, 1, 9, tzinfo=UTC) == starts


def test_blanks_are_reported() -> None:
    plan = small()
    blank = replace(
        plan,
        sponsor=replace(plan.sponsor, name=""),
        groups=(plan.groups[0], replace(plan.groups[1], channels=())),
    )

    errors = [one for one in check(blank, BEFORE_ALL) if one.severity is Severity.ERROR]

    assert ["sponsor.name", "groups.it.channels"] == [one.field for one in errors]


def test_two_groups_in_one_channel_at_one_moment_are_remarked_on() -> None:
    plan = small(kickoff="second week of July", pre="2027-07-14", more=", user_group: S0001")
    shared = replace(
        plan, groups=(plan.groups[0], replace(plan.groups[1], channels=("C0GENERAL",)))
    )
    meeting = replace(shared.waves[1], dates={"it": (OnDay(date(2027, 7, 13)),)})

    found = check(replace(shared, waves=(shared.waves[0], meeting)), BEFORE_ALL)

    assert any("C0GENERAL gets 2 messages" in one.problem for one in found)
