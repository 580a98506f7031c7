"""A new plan is compared with the old one before it takes its place."""

from dataclasses import replace

from rollout.comparing import differences
from tests.rollout.plans import small


def test_equal_plans_differ_in_nothing() -> None:
    assert () == differences(small(), small())


def test_a_moved_announcement_is_named_with_both_times() -> None:
    (line,) = differences(small(), small(enrollment="fourth week of July"))

    assert "moved: enrollment-it, 2027-07-20 09:00 UTC -> 2027-07-27 09:00 UTC" == line


def test_new_and_gone_announcements_are_named() -> None:
    plan = small()
    shorter = replace(plan, waves=plan.waves[:2])

    assert ("gone: enrollment-it, was 2027-07-20 09:00 UTC",) == differences(plan, shorter)
    assert ("new: enrollment-it, 2027-07-20 09:00 UTC",) == differences(shorter, plan)


def test_other_channels_are_named_for_each_announcement() -> None:
    plan = small()
    elsewhere = replace(plan, groups=(plan.groups[0], replace(plan.groups[1], channels=("C9",))))

    assert (
        "elsewhere: pre-enrollment-1-it, now in C9",
        "elsewhere: enrollment-it, now in C9",
    ) == differences(plan, elsewhere)
