"""The plan file is read as it is written, and everything wrong is named at once."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.article import Language
from rollout.errors import Finding, PlanInvalid
from rollout.exporting import as_yaml
from rollout.plan import InWeek, OnDay, Phase
from rollout.reading import load_plan, read_plan
from tests.rollout.plans import EXAMPLE, sample, small, small_text


def findings(text: str) -> tuple[Finding, ...]:
    with pytest.raises(PlanInvalid) as invalid:
        read_plan(text, "plan.yaml")
    return invalid.value.findings


def finding(text: str) -> Finding:
    (only,) = findings(text)
    return only


def test_the_sample_plan_has_five_groups_and_five_waves() -> None:
    plan = sample()

    assert ["all", "it", "sales-and-marketing", "retail", "hr-finance-and-executives"] == [
        group.id for group in plan.groups
    ]
    assert [
        "kickoff",
        "pre-enrollment-1",
        "pre-enrollment-2",
        "enrollment",
        "post-enrollment",
    ] == [wave.template for wave in plan.waves]


def test_the_sample_plan_is_written_as_the_bot_writes_plans() -> None:
    assert EXAMPLE.read_text("utf-8") == as_yaml(sample())


def test_a_week_and_a_day_are_dates() -> None:
    plan = small(kickoff='"2027-06-30 14:30"')

    kickoff, pre = plan.waves[0].dates["all"][0], plan.waves[1].dates["it"][0]

    assert isinstance(kickoff, OnDay)
    assert "2027-06-30 14:30" == f"{kickoff.day} {kickoff.at:%H:%M}"
    assert InWeek(2, 7) == pre


def test_an_unquoted_hour_is_a_time_and_norway_is_a_country() -> None:
    plan = small(hour="09:30", holidays="NO")

    assert ("09:30", "NO") == (f"{plan.settings.hour:%H:%M}", plan.settings.holidays)


def test_one_name_stands_for_all_languages() -> None:
    group = small().groups[1]

    assert {"IT"} == {group.name(language) for language in Language}


def test_a_finding_names_file_line_field_and_what_was_expected() -> None:
    only = finding(small_text().replace("C0IT", "C0IT, language: dutch"))

    assert ("plan.yaml", 12, "groups.it.language") == (only.file, only.line, only.field)
    assert str(only) == (
        "plan.yaml:12: error: groups.it.language: 'dutch' is unknown. "
        "Expected: one of en, nl, sv, zh-Hant."
    )


def test_everything_wrong_is_named_at_once_in_the_order_of_the_file() -> None:
    found = findings(small_text(timezone="Europe/Nowhere", hour="25:00", holidays="XX", pre="soon"))

    assert [
        "settings.timezone",
        "settings.hour",
        "settings.holidays",
        "waves.2.dates.it",
    ] == [one.field for one in found]


def test_an_unknown_group_is_named() -> None:
    only = finding(small_text().replace("dates: {it: third", "dates: {finance: third"))

    assert "there is no group 'finance'" == only.problem
    assert "one of all, it" == only.expected


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("title: Small plan", "titel: Small plan"),
        ("  weekday: tuesday", "  weekday: sunday"),
        ("  year: 2027", "  year: 27"),
        ("  year: 2027", "  years: 2027"),
        ("channels: C0IT", "channels: '#it'"),
        ("channels: C0IT", "channels: C0IT, people: many"),
        ("channels: C0IT", "channels: C0IT, target: 101%"),
        ("channels: C0IT", "channels: C0IT, batches: 0 per week, people: 10"),
        ("channels: C0IT", "channels: C0IT, batches: 5 per week"),
        ("channels: C0IT", "channels: C0IT, channels: C0IT"),
        ("phase: kickoff", "phase: start"),
        ("phase: enrollment", "phase: pre-enrollment"),
        ("phase: enrollment", "phase: enrollment, message: 2".replace(", ", "\n    ")),
        ("first week of July", "fifth day of July"),
        ("first week of July", "2027-02-29"),
        ("first week of July", "03-04-2027"),
        ("first week of July", "week 27"),
    ],
)
def test_a_wrong_field_is_refused_with_its_line(field: str, wrong: str) -> None:
    found = findings(small_text().replace(field, wrong))

    assert all(one.line > 0 and one.problem for one in found)


def test_29_february_is_refused_in_a_year_without_one() -> None:
    assert "2027 has no 29 February" == finding(small_text(kickoff="2027-02-29")).problem


def test_29_february_is_a_day_of_a_leap_year() -> None:
    plan = small(kickoff="2028-02-29")

    assert (OnDay(date(2028, 2, 29)),) == plan.waves[0].dates["all"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the file is empty"),
        ("# nothing", "the file is empty"),
        ("groups: [", "this is not YAML"),
        ("just words", "this has no fields"),
        ("- a\n- b", "this has no fields"),
    ],
)
def test_what_is_no_plan_is_refused(text: str, problem: str) -> None:
    assert findings(text)[0].problem.startswith(problem)


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    binary = tmp_path / "plan.yaml"
    binary.write_bytes(b"\xff\xfe\x00")

    for path in (tmp_path / "none.yaml", binary):
        with pytest.raises(PlanInvalid):
            load_plan(path)


def test_a_phase_knows_its_place() -> None:
    assert sorted(Phase, key=lambda phase: phase.rank) == list(Phase)
