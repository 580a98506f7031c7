"""Figures that name nobody."""

import csv

import pytest

from rollout.progress import Column, GroupProgress, as_csv, report_of
from rollout.tables import inert


def group(name: str, people: int, enrolled: int = 0, asked_only: int = 0) -> GroupProgress:
    return GroupProgress(name, name, people, people, enrolled, 0, asked_only, asked_only)


def test_the_silent_are_those_who_neither_enrolled_nor_asked() -> None:
    assert 5 == group("it", 10, 3, 2).silent
    assert 0 == group("it", 10, 9, 2).silent


@pytest.mark.parametrize(("people", "shown"), [(4, False), (5, True)])
def test_groups_under_five_people_are_not_broken_down(people: int, shown: bool) -> None:
    report = report_of([group("it", people), group("retail", 200)])

    assert shown == ("it" in [one.group for one in report.groups])
    assert report.others is None


def test_small_groups_are_shown_as_one_when_that_names_nobody() -> None:
    report = report_of([group("a", 3, 1), group("b", 2, 2)])

    assert report.others is not None
    assert 3 == report.others.enrolled
    assert 5 == report.others.people


def test_two_groups_of_four_people_in_all_are_not_shown_at_all() -> None:
    report = report_of([group("a", 2, 1), group("b", 2, 2)])

    assert report.others is None
    assert 2 == report.hidden


def test_of_groups_of_unknown_size_the_size_stays_unknown() -> None:
    report = report_of([group("a", 0, 7), group("b", 3, 2)])

    assert report.others is not None
    assert 0 == report.others.people


def test_the_table_has_a_row_for_each_group_and_one_for_the_others() -> None:
    report = report_of([group("it", 10, 3), group("a", 3, 1), group("b", 2, 2)])

    rows = list(csv.reader(as_csv(report, [Column("mean", {"it": "4.2"})]).splitlines()))

    assert ["group", "name", "people", "target", "enrolled"] == rows[0][:5]
    assert ["it", "it", "10", "10", "3", "0", "0", "7", "4.2"] == rows[1]
    assert ["(others)", "", "5", "5", "3", "0", "0", "2", ""] == rows[2]


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\tx"])
def test_a_name_that_begins_like_a_formula_is_inert(name: str) -> None:
    assert f"'{name}" == inert(name)
    assert "Retail" == inert("Retail")
