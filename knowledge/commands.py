"""The command line's part of the knowledge base: ask, and knowledge check, export and import."""

import argparse
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from knowledge.article import Language
from knowledge.checking import check_knowledge, report
from knowledge.evaluation import answer_lines, evaluate_files, explain_text
from knowledge.learned import Learned, including, write_files
from knowledge.loading import company_file_for, load_library
from knowledge.matching import Match, Matcher, Outcome, Query
from knowledge.spreadsheet import export_articles, import_articles

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]

DEFAULT_FOLDER = "knowledge/faq"


def add_commands(
    commands: "Commands", today: date, learned: Callable[[Mapping[str, str]], Learned]
) -> None:
    """Add ``ask`` and ``knowledge``. ``today`` decides which reviews are out of date, ``learned``
    reads what people taught the bot from the store that the environment names."""
    _add_ask(commands)
    knowledge = commands.add_parser("knowledge", help="check, export or import the articles")
    actions = knowledge.add_subparsers(required=True, metavar="ACTION")

    check = actions.add_parser("check", help="what is missing, out of date or overlapping")
    check.set_defaults(command=_check, today=today)
    export = actions.add_parser(
        "export", help="write the articles and what was learned, as CSV or into a folder"
    )
    export.set_defaults(command=_export, learned=learned)
    export.add_argument(
        "file",
        type=Path,
        metavar="FILE.csv or FOLDER",
        help="a spreadsheet, or a folder for article files; the folder of the articles itself "
        "takes up what was learned",
    )
    taken = actions.add_parser("import", help="take over an edited CSV, all or nothing")
    taken.set_defaults(command=_import)
    taken.add_argument("file", type=Path, metavar="FILE.csv")
    for action in (check, export, taken):
        _add_folder(action)


def _add_ask(commands: "Commands") -> None:
    ask = commands.add_parser("ask", help="try the knowledge base from the shell")
    ask.add_argument("question", nargs="*", help="the question, in any of the four languages")
    ask.add_argument("--lang", choices=[one.value for one in Language], help="the asker's language")
    ask.add_argument("--explain", action="store_true", help="show why it was ranked so")
    ask.add_argument("--jsonl", action="store_true", help="answer JSON lines from standard input")
    ask.add_argument(
        "--evaluate", nargs="+", type=Path, metavar="FILE", help="score questions with answers"
    )
    _add_folder(ask)
    ask.set_defaults(command=_ask, usage=ask.format_usage())


def _add_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--knowledge", type=Path, metavar="DIR", help=f"the articles ({DEFAULT_FOLDER})"
    )


def _ask(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    words = " ".join(options.question).strip()
    if not (words or options.jsonl or options.evaluate):
        print(f"{options.usage}Ask a question, or give --jsonl or --evaluate.", file=sys.stderr)
        return 2
    matcher = Matcher(load_library(*_folder(options, environment)))
    if options.evaluate:
        print(evaluate_files(matcher, options.evaluate), end="")
        return 0
    if options.jsonl:
        return answer_lines(matcher, sys.stdin, sys.stdout)
    language = Language(options.lang) if options.lang else None
    if options.explain:
        print(explain_text(matcher, words, language), end="")
        return 0
    print(_shown(matcher, matcher.match(Query(words, (language,) if language else ()))))
    return 0


def _shown(matcher: Matcher, match: Match) -> str:
    best = match.best
    article = matcher.library.article(best.article_id, best.language) if best else None
    if match.outcome is Outcome.ANSWER and article:
        return f"{article.title}\n\n{article.body}"
    if match.outcome is Outcome.SUGGESTIONS:
        shown = [matcher.library.article(one.article_id, one.language) for one in match.candidates]
        titles = [f"  - {article.title}" for article in shown[:3] if article]
        return "\n".join(["Perhaps one of these:", *titles])
    return "No article answers this."


def _check(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    text, code = report(check_knowledge(*_folder(options, environment), options.today))
    print(text, end="")
    return code


def _export(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    folder, company = _folder(options, environment)
    library = load_library(folder, company)
    learned: Learned = options.learned(environment)
    if options.file.suffix.lower() != ".csv":
        changed = write_files(library, learned, folder, options.file)
        for name in changed:
            print(f"learned {name}")
        print(f"{len(including(library, learned))} articles are in {options.file}")
        return 0
    whole = including(library, learned)
    with options.file.open("w", encoding="utf-8-sig", newline="") as out:
        export_articles(whole, out)
    print(f"{len(whole)} articles written to {options.file}")
    return 0


def _import(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    with options.file.open(encoding="utf-8-sig", newline="") as rows:
        taken = import_articles(*_folder(options, environment), rows)
    for name in taken.written:
        print(f"changed {name}")
    print(f"{len(taken.written)} articles changed, {taken.unchanged} as before")
    return 0


def _folder(
    options: argparse.Namespace, environment: Mapping[str, str]
) -> tuple[Path, Path | None]:
    """The folder of the articles, and the company file that belongs to it."""
    named = environment.get("KNOWLEDGE_DIR", "").strip() or DEFAULT_FOLDER
    folder = options.knowledge or Path(named)
    own = environment.get("COMPANY_FILE", "").strip()
    return folder, Path(own) if own else company_file_for(folder)
