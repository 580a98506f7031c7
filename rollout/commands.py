"""`python bot.py plan ...`: the plan from the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from knowledge.article import Language
from rollout.comparing import differences
from rollout.errors import Finding, PlanInvalid, RolloutError, Severity, TableRefused
from rollout.exporting import (
    as_csv,
    as_markdown,
    as_yaml,
    blank_template,
    counted,
    timeline,
)
from rollout.importing import import_table
from rollout.plan import Plan
from rollout.reading import YEARS, load_plan
from rollout.rehearsal import rehearsal
from rollout.schedule import check, schedule
from rollout.values import Company

OK, NOT_WELL, USAGE = 0, 1, 2
EXAMPLE = Path(__file__).parent / "plan.example.yaml"
COMPANY = Path(__file__).parents[1] / "knowledge" / "company.yaml"


def add_plan_commands(commands: Any, now: Callable[[], datetime], out: TextIO = sys.stdout) -> None:
    """Add ``plan`` and ``rehearse`` to the parsers of ``bot.py`` (what ``add_subparsers`` gave).
    Each sets ``command`` to a function of the options and the environment that gives the exit
    code. ``now`` gives the present moment, in UTC."""
    plan = commands.add_parser("plan", help="the rollout plan: check, show, import, export")
    _add_under_plan(plan.add_subparsers(required=True, metavar="COMMAND"), now, out)
    rehearse = commands.add_parser("rehearse", help="print what a plan posts, where and when")
    rehearse.add_argument("plan", type=Path, help="the plan file")
    rehearse.add_argument("--company", type=Path, default=COMPANY, help="the company's values")
    _runs(rehearse, lambda options: rehearse_plan(options.plan, options.company, out))


def _add_under_plan(under: Any, now: Callable[[], datetime], out: TextIO) -> None:
    template = under.add_parser("template", help="an empty plan to fill in")
    template.add_argument("-o", "--output", type=Path, help="write here; .csv or .md gives a table")
    _replaces(template)
    _runs(template, lambda one: write_template(one.output, one.replace, out))
    for name, run, says in (
        ("check", lambda options: check_plan(options.plan, now(), out), "what is wrong or missing"),
        ("show", lambda options: show_plan(options.plan, out), "the timeline"),
    ):
        parser = under.add_parser(name, help=says)
        parser.add_argument("plan", type=Path, help="the plan file")
        _runs(parser, run)
    compare = under.add_parser("compare", help="what a new plan changes in the old one")
    compare.add_argument("old", type=Path)
    compare.add_argument("new", type=Path)
    _runs(compare, lambda options: compare_plans(options.old, options.new, out))
    imports = under.add_parser("import", help="a plan from a table in Markdown or CSV")
    imports.add_argument("table", type=Path)
    imports.add_argument("--year", type=int, required=True, help="the year of the first month")
    imports.add_argument("-o", "--output", type=Path, required=True, help="the plan file to write")
    _replaces(imports)
    _runs(imports, lambda one: import_plan(one.table, one.year, one.output, one.replace, out))
    export = under.add_parser("export", help="the plan as a table")
    export.add_argument("plan", type=Path, help="the plan file")
    export.add_argument("-o", "--output", type=Path, help="write here; .csv gives CSV")
    export.add_argument("--language", type=Language, default=Language.EN, choices=list(Language))
    _replaces(export)
    _runs(export, lambda one: export_plan(one.plan, one.output, one.language, one.replace, out))


def _replaces(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--replace", action="store_true", help="replace a file that exists")


def _runs(parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int]) -> None:
    def command(options: argparse.Namespace, _environment: Mapping[str, str]) -> int:
        return run(options)

    parser.set_defaults(command=command)


def write_template(output: Path | None, replace: bool, out: TextIO) -> int:
    """An empty plan: the plan file, or the table where ``output`` ends in .csv or .md."""
    if _is_kept(output, replace, out):
        return USAGE
    plan = blank_template(load_plan(EXAMPLE))
    if output is None or output.suffix not in (".csv", ".md"):
        return write_out(as_yaml(plan), output, out)
    return write_out(_as_table(plan, output, Language.EN), output, out)


def check_plan(path: Path, now: datetime, out: TextIO) -> int:
    """Print every finding; not well when one of them is an error."""
    plan = _loaded(path, out)
    if plan is None:
        return NOT_WELL
    findings = check(plan, now)
    _print_findings(findings, out)
    errors = sum(one.severity is Severity.ERROR for one in findings)
    warnings = sum(one.severity is Severity.WARNING for one in findings)
    counts = (
        counted(len(schedule(plan).announcements), "announcement"),
        counted(errors, "error"),
        counted(warnings, "warning"),
    )
    out.write(f"{path}: {', '.join(counts)}\n")
    return NOT_WELL if errors else OK


def show_plan(path: Path, out: TextIO) -> int:
    """Print the timeline, and what keeps announcements out of it."""
    plan = _loaded(path, out)
    if plan is None:
        return NOT_WELL
    result = schedule(plan)
    out.write(timeline(plan, result))
    _print_findings(result.findings, out)
    return NOT_WELL if result.findings else OK


def compare_plans(old: Path, new: Path, out: TextIO) -> int:
    """Print what the new plan changes; not well when it changes something, as ``diff`` has it."""
    plans = [plan for path in (old, new) if (plan := _loaded(path, out))]
    if len(plans) < 2:
        return USAGE
    lines = differences(*plans)
    out.write("".join(f"{line}\n" for line in lines) or "The announcements are the same.\n")
    return NOT_WELL if lines else OK


def import_plan(table: Path, year: int, output: Path, replace: bool, out: TextIO) -> int:
    """Write the plan of a table; an existing file is replaced only when that was asked for."""
    if year not in YEARS:
        out.write(f"--year {year}: expected a year from {YEARS[0]} to {YEARS[-1]}.\n")
        return USAGE
    if _is_kept(output, replace, out):
        return USAGE
    try:
        imported = import_table(table.read_bytes(), str(table), year)
    except OSError as error:
        out.write(f"{table} cannot be read: {error.strerror}.\n")
        return NOT_WELL
    except TableRefused as refused:
        _print_findings(refused.findings, out)
        out.write(f"Nothing was written. Mend {table} and import it again.\n")
        return NOT_WELL
    _print_findings(imported.findings, out)
    written = write_out(as_yaml(imported.plan), output, out)
    if written is OK:
        count = counted(len(schedule(imported.plan).announcements), "announcement")
        out.write(f"{output}: {count}. Fill in what is marked BLANK, then check it.\n")
    return written


def export_plan(
    path: Path, output: Path | None, language: Language, replace: bool, out: TextIO
) -> int:
    """The plan as the table people keep; an existing file is replaced only when that was asked
    for."""
    if _is_kept(output, replace, out):
        return USAGE
    plan = _loaded(path, out)
    if plan is None:
        return NOT_WELL
    return write_out(_as_table(plan, output, language), output, out)


def rehearse_plan(path: Path, company: Path, out: TextIO) -> int:
    """Print every announcement as it would be posted: where, when and in which words."""
    plan = _loaded(path, out)
    if plan is None:
        return NOT_WELL
    try:
        out.write(rehearsal(plan, Company.load(company)))
    except RolloutError as error:
        out.write(f"{error}\n")
        return NOT_WELL
    return OK


def _is_kept(output: Path | None, replace: bool, out: TextIO) -> bool:
    """Whether a file stands where one is to be written: somebody may have filled it in."""
    if output is None or replace or not output.exists():
        return False
    out.write(f"{output} exists already. Give another name, or add --replace.\n")
    return True


def _as_table(plan: Plan, output: Path | None, language: Language) -> str:
    if output is not None and output.suffix == ".csv":
        return as_csv(plan, language)
    return as_markdown(plan, language)


def _loaded(path: Path, out: TextIO) -> Plan | None:
    try:
        return load_plan(path)
    except PlanInvalid as invalid:
        _print_findings(invalid.findings, out)
        return None


def _print_findings(findings: tuple[Finding, ...], out: TextIO) -> None:
    for finding in findings:
        out.write(f"{finding}\n")


def write_out(text: str, output: Path | None, out: TextIO) -> int:
    """Write to a file, or to ``out`` where none is named; the exit code. A file that cannot be
    written is said to ``out``."""
    if output is None:
        out.write(text)
        return OK
    # Spreadsheets take CSV for UTF-8 only when it begins with a byte order mark.
    encoding = "utf-8-sig" if output.suffix == ".csv" else "utf-8"
    try:
        output.write_text(text, encoding, newline="")
    except OSError as error:
        out.write(f"{output} cannot be written: {error.strerror}.\n")
        return NOT_WELL
    return OK
