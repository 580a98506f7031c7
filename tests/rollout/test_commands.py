"""`python bot.py plan ...` as a person types it."""

import argparse
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rollout.commands import NOT_WELL, OK, USAGE, add_plan_commands
from rollout.reading import load_plan
from tests.rollout.plans import EXAMPLE, small_text

TABLES = Path(__file__).parent / "tables"
NOW = datetime(2027, 1, 1, tzinfo=UTC)


def run(*words: str | Path) -> tuple[int, str]:
    """The exit code and what was printed."""
    out = io.StringIO()
    parser = argparse.ArgumentParser()
    add_plan_commands(parser.add_subparsers(required=True), lambda: NOW, out)
    options = parser.parse_args([str(word) for word in words])
    return options.command(options, {}), out.getvalue()


def test_show_prints_the_timeline_and_the_number_of_announcements() -> None:
    code, printed = run("plan", "show", EXAMPLE)

    assert OK == code
    assert "Tue 2027-07-06 09:00  Kickoff" in printed
    assert "17 announcements, times in Europe/Amsterdam" in printed


def test_check_is_well_with_the_sample_plan() -> None:
    code, printed = run("plan", "check", EXAMPLE)

    assert OK == code
    assert "17 announcements, 0 errors, 0 warnings" in printed


def test_check_reports_the_blanks_of_a_template(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    run("plan", "template", "-o", plan)

    code, printed = run("plan", "check", plan)

    assert NOT_WELL == code
    assert 5 == printed.count("Expected: at least one channel id.")


@pytest.mark.parametrize("name", ["plan.csv", "plan.md"])
def test_the_template_is_also_a_table_to_fill_in(tmp_path: Path, name: str) -> None:
    table, plan = tmp_path / name, tmp_path / "plan.yaml"
    run("plan", "template", "-o", table)

    code, printed = run("plan", "import", table, "--year", "2027", "-o", plan)

    assert OK == code
    assert "17 announcements" in printed


@pytest.mark.parametrize("language", ["en", "nl", "sv", "zh-Hant"])
def test_import_writes_a_plan_of_17_announcements(tmp_path: Path, language: str) -> None:
    plan = tmp_path / "plan.yaml"

    code, printed = run("plan", "import", TABLES / f"{language}.md", "--year", "2027", "-o", plan)

    assert OK == code
    assert "17 announcements" in printed
    assert "17 announcements" in run("plan", "show", plan)[1]


def test_import_replaces_a_file_only_when_asked_to(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("mine", "utf-8")
    words = ("plan", "import", TABLES / "en.md", "--year", "2027", "-o", plan)

    assert USAGE == run(*words)[0]
    assert "mine" == plan.read_text("utf-8")
    assert OK == run(*words, "--replace")[0]


def test_a_refused_table_writes_nothing(tmp_path: Path) -> None:
    table, plan = tmp_path / "table.csv", tmp_path / "plan.yaml"
    table.write_text("Plan;July\nCake;x\n", "utf-8")

    code, printed = run("plan", "import", table, "--year", "2027", "-o", plan)

    assert NOT_WELL == code
    assert "table.csv:2: error: Cake:" in printed
    assert not plan.exists()


@pytest.mark.parametrize("words", [("1999",), ("2101",)])
def test_an_impossible_year_is_refused(tmp_path: Path, words: tuple[str]) -> None:
    words_before = ("plan", "import", TABLES / "en.md", "-o", tmp_path / "plan.yaml", "--year")

    assert USAGE == run(*words_before, *words)[0]


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    none = tmp_path / "none"

    assert NOT_WELL == run("plan", "show", none)[0]
    assert NOT_WELL == run("plan", "import", none, "--year", "2027", "-o", tmp_path / "p")[0]


def test_show_prints_what_keeps_an_announcement_out(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(small_text(enrollment="fifth week of July"), "utf-8")

    code, printed = run("plan", "show", plan)

    assert NOT_WELL == code
    assert "2 announcements" in printed
    assert "July 2027 has only 4 of tuesday" in printed


def test_export_writes_the_table_of_the_sample(tmp_path: Path) -> None:
    table = tmp_path / "plan.csv"

    assert OK == run("plan", "export", EXAMPLE, "-o", table, "--language", "sv")[0]
    assert "Första veckan" in table.read_text("utf-8-sig")


def test_the_template_reads_back() -> None:
    _, printed = run("plan", "template")

    assert printed.startswith("# The rollout plan")
    assert load_plan(EXAMPLE).waves


def test_compare_prints_what_a_new_plan_changes(tmp_path: Path) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(small_text(), "utf-8")
    new.write_text(small_text(enrollment="fourth week of July"), "utf-8")

    code, printed = run("plan", "compare", old, new)

    assert NOT_WELL == code
    assert printed.startswith("moved: enrollment-it")
    assert (OK, "The announcements are the same.\n") == run("plan", "compare", old, old)
    assert USAGE == run("plan", "compare", old, tmp_path / "none.yaml")[0]


def test_rehearse_prints_every_announcement() -> None:
    code, printed = run("rehearse", EXAMPLE)

    assert OK == code
    assert "17 announcements, 17 messages in channels" in printed


@pytest.mark.parametrize("name", ["plan.yaml", "plan.csv"])
def test_a_template_or_an_export_never_takes_the_place_of_what_somebody_filled_in(
    tmp_path: Path, name: str
) -> None:
    mine = tmp_path / name
    mine.write_text("mine", "utf-8")

    for words in (("plan", "template", "-o", mine), ("plan", "export", EXAMPLE, "-o", mine)):
        code, printed = run(*words)
        assert USAGE == code
        assert "exists already" in printed
        assert "mine" == mine.read_text("utf-8")
        assert OK == run(*words, "--replace")[0]
        mine.write_text("mine", "utf-8")


def test_an_import_that_cannot_be_written_promises_nothing(tmp_path: Path) -> None:
    plan = tmp_path / "nowhere" / "plan.yaml"

    code, printed = run("plan", "import", TABLES / "en.md", "--year", "2027", "-o", plan)

    assert NOT_WELL == code
    assert "cannot be written: No such file or directory." in printed
    assert "Fill in" not in printed


def test_rehearse_says_in_words_what_is_to_be_mended(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    run("plan", "template", "-o", plan)

    _, printed = run("rehearse", plan)

    assert "to mend: the group has no channel yet; give it one in the plan" in printed
    assert "17 announcements, 0 messages in channels" in printed


def test_one_is_one(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(small_text(enrollment="fifth week of July"), "utf-8")

    assert "2 announcements, 1 error, 0 warnings" in run("plan", "check", plan)[1]
