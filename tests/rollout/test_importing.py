"""Plans as people keep them are read without guessing."""

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from knowledge.article import Language
from rollout.errors import Finding, TableRefused
from rollout.exporting import as_csv, as_markdown, as_yaml
from rollout.importing import Imported, import_table
from rollout.plan import InWeek, OnDay, Phase, Plan
from rollout.reading import read_plan
from rollout.schedule import schedule
from rollout.words import DateRefused, month_name, read_day, read_month, read_week, week_name
from tests.rollout.plans import sample, small

TABLES = Path(__file__).parent / "tables"

GRID = """\
Plan;July;August
Wave 1;All;
Kickoff meeting;First week;
Wave 2;HR, Finance and Executives;Retail
Enrollment e-mail;Third week;{cell}
"""


def imported(text: str | bytes, year: int = 2027) -> Imported:
    content = text.encode() if isinstance(text, str) else text
    return import_table(content, "plan.csv", year)


def refused(text: str | bytes) -> tuple[Finding, ...]:
    with pytest.raises(TableRefused) as refusal:
        imported(text)
    return refusal.value.findings


def shape(plan: Plan) -> list[tuple[str, int, str]]:
    """Every announcement without the names of groups: template, place of its group, moment."""
    return [
        (one.template, plan.groups.index(one.group), str(one.at.date()))
        for one in schedule(plan).announcements
    ]


@pytest.mark.parametrize("language", Language)
def test_the_tables_in_four_languages_are_the_same_17_announcements(language: Language) -> None:
    plan = import_table((TABLES / f"{language}.md").read_bytes(), "plan.md", 2027).plan

    assert 17 == len(schedule(plan).announcements)
    assert shape(sample()) == shape(plan)
    assert {language} == {group.language for group in plan.groups}


@pytest.mark.parametrize("language", Language)
def test_a_plan_survives_its_way_through_a_table(language: Language) -> None:
    plan = sample()

    for text in (as_markdown(plan, language), as_csv(plan, language)):
        assert shape(plan) == shape(imported(text).plan)


@pytest.mark.parametrize("language", Language)
def test_an_imported_plan_is_a_plan_file(language: Language) -> None:
    plan = import_table((TABLES / f"{language}.md").read_bytes(), "plan.md", 2027).plan

    assert plan == read_plan(as_yaml(plan))


def test_channels_and_sponsor_are_marked_blanks() -> None:
    text = as_yaml(imported(GRID.format(cell="")).plan)

    assert 2 == text.count("channels: []   # BLANK")
    assert 1 == text.count("name:   # BLANK: who stands for it")


def test_a_cell_with_a_comma_is_one_group_and_that_is_said() -> None:
    result = imported(GRID.format(cell="First week"))

    assert "HR, Finance and Executives" in {group.name(Language.EN) for group in result.plan.groups}
    assert any("taken as one group" in one.problem for one in result.findings)


@pytest.mark.parametrize(
    "content",
    [
        GRID.format(cell="").encode("utf-8-sig"),
        GRID.format(cell="").encode("utf-16"),
        GRID.format(cell="").encode("utf-16-le"),
        GRID.format(cell="").encode("utf-16-be"),
        GRID.format(cell="").replace(";", "\t").encode("utf-16"),
        GRID.format(cell="").replace("\n", "\r\n").encode(),
    ],
)
def test_a_csv_is_read_in_the_encodings_that_spreadsheets_write(content: bytes) -> None:
    assert 2 == len(schedule(imported(content).plan).announcements)


def test_a_csv_with_commas_quotes_names_with_commas() -> None:
    text = GRID.format(cell="").replace("HR, Finance and Executives", '"HR, Finance"')

    plan = imported(text.replace(";", ",")).plan

    assert ["all", "hr-finance"] == [group.id for group in plan.groups]


def test_an_unknown_encoding_is_refused_with_advice() -> None:
    (finding,) = refused("Plan;Juli\nVåg 1;Alla\n".encode("latin-1"))

    assert "UTF-8" in finding.expected


@pytest.mark.parametrize(
    ("cell", "when"),
    [
        ("Second week", InWeek(2, 8)),
        ("LAST WEEK", InWeek(-1, 8)),
        ("tweede week", InWeek(2, 8)),
        ("Andra veckan", InWeek(2, 8)),
        ("第二週", InWeek(2, 8)),
        ("2027-08-10", OnDay(date(2027, 8, 10))),
        ("10 August", OnDay(date(2027, 8, 10))),
        ("August 10, 2027", OnDay(date(2027, 8, 10))),
        ("10 augusti", OnDay(date(2027, 8, 10))),
        ("8 月 10 日", OnDay(date(2027, 8, 10))),
        ("31/8/2027", OnDay(date(2027, 8, 31))),
        ("8/8/2027", OnDay(date(2027, 8, 8))),
    ],
)
def test_a_cell_holds_a_week_or_a_day(cell: str, when: InWeek | OnDay) -> None:
    plan = imported(GRID.format(cell=cell)).plan

    assert (when,) == plan.waves[1].dates["retail"]


@pytest.mark.parametrize(
    "cell",
    ["soon", "week 32", "vecka 32", "7", "03/08/2027", "10 July", "2027-08-32", "yes", "x"],
)
def test_a_cell_that_says_no_clear_date_is_refused_with_its_place(cell: str) -> None:
    (finding,) = refused(GRID.format(cell=cell))

    assert (5, "Enrollment e-mail, August") == (finding.line, finding.field)


def test_everything_unclear_is_named_at_once() -> None:
    text = "Plan;Julember;August\nWave 1;All;All\nCake;;x\nKickoff;First week;soon\n"

    assert {1, 3, 4} == {one.line for one in refused(text)}


def test_a_date_that_addresses_nobody_is_refused() -> None:
    (finding,) = refused("Plan;July;August\nWave 1;All;\nKickoff;First week;First week\n")

    assert "addresses nobody" in finding.problem


def test_columns_may_be_days() -> None:
    text = "Plan;2027-07-06;7 July 2027\nWave 1;All;IT\nKickoff;x;\nEnrollment;;✓\n"

    waves = imported(text).plan.waves

    assert (OnDay(date(2027, 7, 6)),) == waves[0].dates["all"]
    assert (OnDay(date(2027, 7, 7)),) == waves[1].dates["it"]


def test_a_list_with_a_column_of_dates_is_read() -> None:
    text = (
        "Bericht;Doelgroep;Datum\nAftrap;Iedereen;5 juli\nE-mail voor registratie;IT;20-07-2027\n"
    )

    plan = imported(text).plan

    assert [Phase.KICKOFF, Phase.ENROLLMENT] == [wave.phase for wave in plan.waves]
    assert (OnDay(date(2027, 7, 20)),) == plan.waves[1].dates["it"]


def test_months_after_december_are_of_the_next_year_and_that_is_said() -> None:
    result = imported("Plan;December;January\nWave 1;All;IT\nEnrollment;First week;First week\n")

    assert (InWeek(1, 1, 2028),) == result.plan.waves[0].dates["it"]
    assert any("2028" in one.problem for one in result.findings)


def test_a_year_beside_the_month_counts() -> None:
    plan = imported("Plan;juli 2029\nBlok 1;Alle\nAftrap;Eerste week\n").plan

    assert (InWeek(1, 7, 2029),) == plan.waves[0].dates["all"]


def test_a_group_written_in_another_case_is_the_same_group() -> None:
    plan = imported("Plan;July;August\nWave 1;IT;it\nEnrollment;First week;First week\n").plan

    assert ["it"] == [group.id for group in plan.groups]
    assert (InWeek(1, 7), InWeek(1, 8)) == plan.waves[0].dates["it"]


@pytest.mark.parametrize("text", ["", "just words", "| one |\n|---|\n| two |", "\n\n"])
def test_what_is_no_table_is_refused(text: str) -> None:
    assert "no table" in refused(text)[0].problem


@pytest.mark.parametrize("language", Language)
def test_every_month_is_read_in_any_case(language: Language) -> None:
    for month in range(1, 13):
        name = month_name(month, language)
        for written in (name, name.upper(), name.lower(), f"**{name}**", f" {name} "):
            assert (month, None) == read_month(written)


@pytest.mark.parametrize("language", Language)
def test_every_week_is_read_in_any_case(language: Language) -> None:
    for week in (1, 2, 3, 4, 5, -1):
        assert week == read_week(week_name(week, language).upper())


def test_29_february_needs_a_leap_year() -> None:
    assert date(2028, 2, 29) == read_day("29 februari", 2028)
    with pytest.raises(DateRefused, match="2027 has no 29 February"):
        read_day("29 februari", 2027)


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "'=1", "''+1", "a|b"])
def test_a_name_that_a_spreadsheet_would_reckon_out_is_words_there_and_comes_back(
    name: str,
) -> None:
    plan = small()
    group = replace(plan.groups[1], names={Language.EN: name})
    plan = replace(plan, groups=(plan.groups[0], group))

    written = as_csv(plan, Language.EN)

    cells = [cell for row in csv.reader(io.StringIO(written)) for cell in row]
    assert [] == [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    for text in (written, as_markdown(plan, Language.EN)):
        assert name in [one.name(Language.EN) for one in imported(text).plan.groups]


def test_an_hour_survives_its_way_through_a_table() -> None:
    plan = small(enrollment="2027-07-20 14:30")

    for text in (as_markdown(plan, Language.EN), as_csv(plan, Language.EN)):
        assert shape(plan) == shape(imported(text).plan)
        assert "14:30" in as_yaml(imported(text).plan)


def test_a_list_may_name_weeks_too() -> None:
    text = "Group,Message,Date\nIT,Kickoff,first week of July\nIT,Enrollment,2027-07-20\n"

    assert ["2027-07-06", "2027-07-20"] == [day for *_, day in shape(imported(text).plan)]
