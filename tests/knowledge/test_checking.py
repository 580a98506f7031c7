"""`knowledge check`: each kind of finding, and the exit code."""

from datetime import date, timedelta
from pathlib import Path

from knowledge.checking import REVIEW_EVERY, check_knowledge, report
from knowledge.errors import Finding, Severity
from tests.knowledge.samples import write_article, write_workshop

TODAY = date(2026, 6, 1)


def problems(folder: Path, today: date = TODAY) -> list[str]:
    return [finding.problem for finding in check_knowledge(folder, None, today)]


def test_a_good_folder_has_nothing_to_report(tmp_path: Path) -> None:
    write_workshop(tmp_path)

    text, code = report(check_knowledge(tmp_path, None, TODAY))

    assert ("0 errors, 0 warnings\n", 0) == (text, code)


def test_a_missing_language_is_an_error(tmp_path: Path) -> None:
    write_workshop(tmp_path)
    (tmp_path / "nl" / "lost-key.md").unlink()

    findings = check_knowledge(tmp_path, None, TODAY)

    assert ["'lost-key' is missing in nl."] == [finding.problem for finding in findings]
    assert 1 == report(findings)[1]


def test_a_runbook_needs_no_translation(tmp_path: Path) -> None:
    write_workshop(tmp_path)
    write_article(tmp_path, "en/frame.md", audience="tier2", phrasings="[frame number, stamp]")

    assert [] == problems(tmp_path)


def test_a_review_is_out_of_date_a_day_after_the_limit(tmp_path: Path) -> None:
    write_workshop(tmp_path)
    reviewed = date(2026, 5, 1)

    assert [] == problems(tmp_path, reviewed + REVIEW_EVERY)
    late = problems(tmp_path, reviewed + REVIEW_EVERY + timedelta(days=1))
    assert 8 == len(late)
    assert "2026-05-01" in late[0]


def test_a_review_in_the_future_is_reported(tmp_path: Path) -> None:
    write_workshop(tmp_path)

    assert "lies in the future" in problems(tmp_path, date(2026, 4, 30))[0]


def test_the_same_phrasing_in_two_articles_is_an_error_and_a_near_one_a_warning(
    tmp_path: Path,
) -> None:
    write_workshop(tmp_path)
    phrasings = "[My chain came off again!, my geers skip, pedal is loose]"
    for language in ("en", "nl"):
        write_article(tmp_path, f"{language}/pedal.md", phrasings=phrasings)

    found = [one for one in check_knowledge(tmp_path, None, TODAY) if "as '" in one.problem]

    kinds = {(one.severity, one.problem) for one in found}
    assert (
        Severity.WARNING,
        "'my gears skip' is nearly the same as 'my geers skip' of 'pedal'.",
    ) in kinds
    same = write_article(tmp_path, "en/pedal.md", phrasings="[CHAIN came off again!, pedal, b]")
    assert same.is_file()
    errors = [one for one in check_knowledge(tmp_path, None, TODAY) if "the same" in one.problem]
    assert [Severity.ERROR] == [one.severity for one in errors]
    assert errors[0].line is not None


def test_an_article_that_its_own_phrasings_do_not_find_is_reported(tmp_path: Path) -> None:
    write_workshop(tmp_path)
    for language in ("en", "nl"):
        write_article(
            tmp_path,
            f"{language}/odd.md",
            title="zebra",
            phrasings="[brakes noisy squeal, tyre flat puncture, chain gears slip]",
        )

    hard = [one for one in problems(tmp_path) if "when held out" in one]

    assert "Only 0 of its 3 phrasings find it when held out." in hard


def test_a_runbook_is_looked_for_among_runbooks_as_tickets_do(tmp_path: Path) -> None:
    write_workshop(tmp_path)
    phrasings = "[my brakes squeal and screech, brake pads squeal, brake noise while braking]"
    write_article(tmp_path, "en/pads.md", audience="tier2", title="Brakes", phrasings=phrasings)

    assert [] == [one for one in problems(tmp_path) if "when held out" in one]


def test_a_broken_folder_gives_the_loaders_findings(tmp_path: Path) -> None:
    write_article(tmp_path, platforms="[amiga]")

    text, code = report(check_knowledge(tmp_path, None, TODAY))

    assert 1 == code
    assert "flat-tyre.md:4: error: " in text


def test_errors_come_before_warnings() -> None:
    warning = Finding(Path("a"), 1, "w.", "", Severity.WARNING)

    assert "1 errors, 1 warnings" in report([warning, Finding(Path("b"), 1, "e.", "")])[0]
