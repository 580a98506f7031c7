"""Loading: what a good folder gives; everything wrong is named at once with file and line."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.article import Audience, Language, Platform
from knowledge.errors import Finding, KnowledgeInvalid, Severity
from knowledge.loading import LONGEST_BODY, company_file_for, load_library
from tests.knowledge.samples import write_article


def findings_of(folder: Path, company: Path | None = None) -> tuple[Finding, ...]:
    with pytest.raises(KnowledgeInvalid) as caught:
        load_library(folder, company)
    return caught.value.findings


def only(findings: tuple[Finding, ...]) -> Finding:
    errors = [one for one in findings if one.severity is Severity.ERROR]
    assert 1 == len(errors), errors
    return errors[0]


def test_an_article_is_read_with_all_its_fields(tmp_path: Path) -> None:
    write_article(
        tmp_path,
        platforms="[windows, ios]",
        audience="tier2",
        sources="['https://example.org/tyre']",
        error_codes="['0x80180014']",
    )

    article = load_library(tmp_path).article("flat-tyre", Language.EN)

    assert article is not None
    assert "A flat tyre" == article.title
    assert ("my tyre is flat", "how do I mend a puncture") == article.phrasings
    assert frozenset({Platform.WINDOWS, Platform.IOS}) == article.platforms
    assert Audience.TIER2 is article.audience
    assert "workshop" == article.owner
    assert date(2026, 5, 1) == article.reviewed
    assert ("https://example.org/tyre",) == article.sources
    assert ("0x80180014",) == article.error_codes


def test_the_first_paragraph_is_the_summary_and_platform_headings_make_parts(
    tmp_path: Path,
) -> None:
    body = "In short.\n\nFor all.\n\n## A Mac {macos}\nTurn it.\n\n## At the end {all}\nDone."
    write_article(tmp_path, body=body)

    article = load_library(tmp_path).article("flat-tyre", Language.EN)

    assert article is not None
    assert "In short." == article.summary
    found = [(part.heading, part.platform, part.text) for part in article.parts]
    expected = [
        ("", None, "For all."),
        ("A Mac", Platform.MACOS, "Turn it."),
        ("At the end", None, "Done."),
    ]
    assert expected == found
    for_windows = [part.text for part in article.parts_for(Platform.WINDOWS)]
    assert ["For all.", "Done."] == for_windows


def test_company_values_are_filled_in_per_language(tmp_path: Path) -> None:
    write_article(tmp_path, body="Call {{phone}} at {{ hours }}.")
    write_article(tmp_path, "nl/flat-tyre.md", body="Bel {{phone}}, {{hours}}.")
    company = tmp_path / "company.yaml"
    company.write_text("phone: 555\nhours: {en: noon, nl: twaalf uur}\n")

    library = load_library(tmp_path, company)

    bodies = [article.body for article in library.articles]
    assert ["Call 555 at noon.", "Bel 555, twaalf uur."] == bodies
    assert () == library.warnings


def test_an_unset_company_value_becomes_visible_wording_and_one_warning(tmp_path: Path) -> None:
    write_article(tmp_path, body="Call {{phone}}.")
    write_article(tmp_path, "nl/flat-tyre.md", body="Bel {{phone}}.")
    company = tmp_path / "company.yaml"
    company.write_text("phone:\n")

    library = load_library(tmp_path, company)

    assert "Call (ask the helpdesk)." == library.articles[0].body
    assert 1 == len(library.warnings)
    assert "'phone'" in library.warnings[0].problem


def test_an_unknown_placeholder_is_named_with_file_and_line(tmp_path: Path) -> None:
    path = write_article(tmp_path, body="First.\n\nCall {{fone}}.")
    company = tmp_path / "company.yaml"
    company.write_text("phone: 555\n")

    finding = only(findings_of(tmp_path, company))

    assert (path, 13) == (finding.path, finding.line)
    assert "fone" in finding.problem


@pytest.mark.parametrize(
    ("field", "value", "problem", "line"),
    [
        ("platforms", "[amiga]", "unknown platform 'amiga'", 4),
        ("audience", "nobody", "unknown audience 'nobody'", 5),
        ("colour", "blue", "Unknown field 'colour'", 10),
        ("reviewed", "yesterday", "'reviewed'", 7),
        ("phrasings", "[]", "'phrasings'", 3),
        ("phrasings", "[good one, 12]", "Entry 2 of 'phrasings' is no text", 3),
        ("phrasings", "['  ']", "a phrasing is empty", 3),
        ("title", "", "'title'", 2),
        ("title", "'unclosed", "The YAML is broken", 10),
        ("title", "a: b", "The YAML is broken", 2),
    ],
)
def test_a_wrong_field_is_named_with_its_line(
    tmp_path: Path, field: str, value: str, problem: str, line: int
) -> None:
    path = write_article(tmp_path, **{field: value})

    findings = findings_of(tmp_path)

    assert problem in findings[0].problem
    assert path == findings[0].path
    assert findings[0].line is not None
    assert abs(line - findings[0].line) <= (0 if "broken" not in problem else 2)


def test_everything_wrong_is_listed_at_once(tmp_path: Path) -> None:
    write_article(tmp_path, "en/one.md", platforms="[amiga]", audience="nobody")
    write_article(tmp_path, "nl/two.md", title="")
    (tmp_path / "nl" / "three.md").write_text("no front matter")

    files = {finding.path.name for finding in findings_of(tmp_path)}

    assert {"one.md", "two.md", "three.md"} == files


def test_a_body_may_be_as_long_as_the_limit_and_no_longer(tmp_path: Path) -> None:
    write_article(tmp_path, body="x" * LONGEST_BODY)
    load_library(tmp_path)
    write_article(tmp_path, body="x" * (LONGEST_BODY + 1))

    assert "2,501 characters" in only(findings_of(tmp_path)).problem


def test_two_articles_with_one_id_are_named_with_file_and_line(tmp_path: Path) -> None:
    write_article(tmp_path)
    other = write_article(tmp_path, "en/other.md", id="flat-tyre")

    finding = only(findings_of(tmp_path))

    assert other == finding.path
    assert finding.line == 10
    assert "stands twice" in finding.problem
    assert "flat-tyre.md" in finding.problem


def test_one_error_code_belongs_to_one_article(tmp_path: Path) -> None:
    write_article(tmp_path, error_codes="['0x80180014']")
    other = write_article(tmp_path, "en/other.md", error_codes="['80180014']")

    finding = only(findings_of(tmp_path))

    assert (other, 9) == (finding.path, finding.line)


@pytest.mark.parametrize("folder", ["missing", "."])
def test_a_missing_and_an_empty_folder_are_refused(tmp_path: Path, folder: str) -> None:
    finding = only(findings_of(tmp_path / folder))

    assert tmp_path / folder == finding.path
    assert finding.mend


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = write_article(tmp_path)
    path.write_bytes(b"---\ntitle: \xff\xfe\n---\n")

    assert "not UTF-8" in only(findings_of(tmp_path)).problem


def test_a_folder_of_an_unknown_language_is_left_out_with_a_warning(tmp_path: Path) -> None:
    write_article(tmp_path)
    write_article(tmp_path, "tlh/flat-tyre.md")

    library = load_library(tmp_path)

    assert 1 == len(library)
    assert ["tlh"] == [finding.path.name for finding in library.warnings]


@pytest.mark.parametrize("name", ["zh-Hant", "zh-TW", "zh_Hant"])
def test_the_language_of_a_folder_may_be_written_as_a_locale(tmp_path: Path, name: str) -> None:
    write_article(tmp_path, f"{name}/flat-tyre.md")

    assert (Language.ZH_HANT,) == load_library(tmp_path).languages_of("flat-tyre")


def test_files_without_a_language_folder_are_english(tmp_path: Path) -> None:
    write_article(tmp_path, "flat-tyre.md")

    assert (Language.EN,) == load_library(tmp_path).languages_of("flat-tyre")


def test_gaps_a_reader_can_live_with_are_warnings(tmp_path: Path) -> None:
    path = tmp_path / "en" / "short.md"
    path.parent.mkdir()
    path.write_text("---\ntitle: T\nphrasings: [a b]\n---\n")

    library = load_library(tmp_path)

    assert {"owner", "reviewed", "body"} == {
        word
        for finding in library.warnings
        for word in ("owner", "reviewed", "body")
        if word in finding.problem
    }


def test_best_language_prefers_in_order_and_falls_back(tmp_path: Path) -> None:
    write_article(tmp_path, "nl/flat-tyre.md")
    write_article(tmp_path, "sv/flat-tyre.md")

    library = load_library(tmp_path)

    assert Language.SV is library.best_language("flat-tyre", Language.EN, Language.SV)
    assert Language.NL is library.best_language("flat-tyre", Language.EN)
    assert library.best_language("nothing") is None


def test_the_company_file_lies_inside_the_folder_or_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "faq"
    folder.mkdir()
    assert company_file_for(folder) is None
    (tmp_path / "company.yaml").touch()
    assert tmp_path / "company.yaml" == company_file_for(folder)
    (folder / "company.yaml").touch()

    assert folder / "company.yaml" == company_file_for(folder)
