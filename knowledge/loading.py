"""From a folder of Markdown files to a library, or to a list of everything wrong with it.

The folder holds one subfolder per language (`en`, `nl`, `sv`, `zh-Hant`) and in each one file
`<id>.md` per article: YAML front matter between two lines `---`, then the body in Markdown. A
folder that holds a `faq` folder, or Markdown files without any language folder (read as English),
works too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from knowledge.article import Article, Audience, Language, Library, Part, Platform
from knowledge.errors import Finding, KnowledgeInvalid, Severity
from knowledge.extraction import normalised_code

LONGEST_BODY: Final = 2_500
LONGEST_SUMMARY: Final = 600

# Shown in an article where the company has not filled in a value: true anywhere, and visible.
UNSET_WORDING: Final[Mapping[Language, str]] = MappingProxyType(
    {
        Language.EN: "(ask the helpdesk)",
        Language.NL: "(vraag het de servicedesk)",
        Language.SV: "(fråga servicedesk)",
        Language.ZH_HANT: "（請洽服務台）",
    }
)

# The safe loader in C where PyYAML was built with it: ten times as fast, the same language.
_Loader: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLACEHOLDER: Final = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_HEADING: Final = re.compile(r"^##\s+(.*?)\s*(?:\{(\w+)\})?\s*$", re.MULTILINE)
_FENCE: Final = "---"


class FrontMatter(BaseModel):
    """The fields of an article's front matter; any other field is refused."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str | None = Field(default=None, min_length=1)
    title: str = Field(min_length=1)
    phrasings: list[str] = Field(min_length=1)
    platforms: list[str] = []
    audience: str = Audience.EVERYONE.value
    owner: str | None = None
    reviewed: date | None = None
    sources: list[str] = []
    error_codes: list[str] = []

    @field_validator("phrasings")
    @classmethod
    def _none_empty(cls, phrasings: list[str]) -> list[str]:
        if any(not phrasing.strip() for phrasing in phrasings):
            raise ValueError("a phrasing is empty")
        return phrasings

    @field_validator("platforms")
    @classmethod
    def _platforms_known(cls, names: list[str]) -> list[str]:
        for name in names:
            if name not in tuple(Platform):
                raise ValueError(f"unknown platform '{name}', use one of {_listed(Platform)}")
        return names

    @field_validator("audience")
    @classmethod
    def _audience_known(cls, name: str) -> str:
        if name not in tuple(Audience):
            raise ValueError(f"unknown audience '{name}', use one of {_listed(Audience)}")
        return name


@dataclass(slots=True)
class _Reading:
    """What one pass over a folder collects."""

    company: Mapping[str, Any] | None
    findings: list[Finding] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)
    unset_used: dict[str, tuple[Path, int]] = field(default_factory=dict)

    def error(self, path: Path, line: int | None, problem: str, mend: str) -> None:
        self.findings.append(Finding(path, line, problem, mend))

    def warning(self, path: Path, line: int | None, problem: str, mend: str) -> None:
        self.findings.append(Finding(path, line, problem, mend, Severity.WARNING))


def load_library(folder: Path, company: Path | None = None) -> Library:
    """Every article below `folder`, with the values of the `company` file filled in.

    Raises KnowledgeInvalid, with a finding per problem, when anything would leave a wrong or
    missing article. What a reader can live with becomes a warning in `library.warnings`. The result
    does not depend on the order in which the file system lists the files.
    """
    reading = _Reading(company=None)
    if company is not None:
        reading.company = _read_company(company, reading)
    for language, path in _article_files(folder, reading):
        _read_article(path, language, reading)
    _find_clashes(reading)
    _warn_of_unset(company, reading)
    findings = tuple(sorted(reading.findings, key=lambda one: (str(one.path), one.line or 0)))
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise KnowledgeInvalid(findings)
    return Library(reading.articles, findings)


def parse_article(text: str, name: str, language: Language) -> Article:
    """The article that a file `<name>.md` with this text is, company values aside.

    Raises KnowledgeInvalid.
    """
    reading = _Reading(company=None)
    _parse_article(Path(f"{name}.md"), text, language, reading)
    if any(finding.severity is Severity.ERROR for finding in reading.findings):
        raise KnowledgeInvalid(tuple(reading.findings))
    return reading.articles[0]


def company_file_for(folder: Path) -> Path | None:
    """The company file that belongs to a knowledge folder: inside it or beside it, if any."""
    candidates = (folder / "company.yaml", folder.parent / "company.yaml")
    return next((path for path in candidates if path.is_file()), None)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _article_files(folder: Path, reading: _Reading) -> Iterator[tuple[Language, Path]]:
    if not folder.is_dir():
        mend = "Name a folder that holds one subfolder per language."
        reading.error(folder, None, "The knowledge folder does not exist.", mend)
        return None
    root = folder / "faq" if (folder / "faq").is_dir() else folder
    found = list(_files_by_language(root, reading))
    if not found:
        mend = "Put articles into en/, nl/, sv/ or zh-Hant/ as <id>.md."
        reading.error(folder, None, "The knowledge folder holds no articles.", mend)
        return None
    yield from found


def _files_by_language(root: Path, reading: _Reading) -> Iterator[tuple[Language, Path]]:
    for path in sorted(root.glob("*.md")):
        if path.name.lower() != "readme.md":
            yield Language.EN, path
    for subfolder in sorted(path for path in root.iterdir() if path.is_dir()):
        files = sorted(subfolder.rglob("*.md"))
        language = Language.from_tag(subfolder.name)
        if language is None and files:
            mend = f"Name the folder after one of {_listed(Language)}."
            reading.warning(subfolder, None, "The folder's language is not known.", mend)
        if language is not None:
            yield from ((language, path) for path in files)


def _read_company(path: Path, reading: _Reading) -> Mapping[str, Any] | None:
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
    except OSError as error:
        reading.error(path, None, f"The file cannot be read ({error.strerror}).", "")
        return None
    except UnicodeDecodeError:
        reading.error(path, None, "The file is not UTF-8.", "Save it as UTF-8.")
        return None
    except yaml.YAMLError as error:
        reading.error(path, _yaml_line(error, 0), _yaml_problem(error), "Mend the YAML.")
        return None
    if values is None:
        return {}
    if not isinstance(values, dict):
        problem = "The file is no list of names and values."
        reading.error(path, 1, problem, "Write `name: value`.")
        return None
    return {str(name): value for name, value in values.items()}


def _read_article(path: Path, language: Language, reading: _Reading) -> None:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reading.error(path, None, f"The file cannot be read ({error.strerror}).", "")
        return
    except UnicodeDecodeError:
        reading.error(path, None, "The file is not UTF-8.", "Save it as UTF-8.")
        return
    _parse_article(path, text, language, reading)


def _parse_article(path: Path, text: str, language: Language, reading: _Reading) -> None:
    halves = _split(text)
    if halves is None:
        mend = "Begin with a line '---', the fields, and another line '---'."
        reading.error(path, 1, "The front matter is missing or not closed.", mend)
        return
    head, body, body_line = halves
    matter = _front_matter(path, head, reading)
    if matter is not None:
        _add_article(path, language, matter, _Body(body.strip(), body, body_line), reading)


@dataclass(frozen=True, slots=True)
class _Body:
    text: str
    raw: str
    first_line: int

    def line_of(self, fragment: str) -> int:
        before = self.raw.partition(fragment)[0]
        return self.first_line + before.count("\n")


def _split(text: str) -> tuple[str, str, int] | None:
    """Front matter, body, and the line the body begins on; None without front matter."""
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0].rstrip() != _FENCE:
        return None
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == _FENCE:
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 2
    return None


def _front_matter(path: Path, head: str, reading: _Reading) -> FrontMatter | None:
    try:
        fields = yaml.load(head, Loader=_Loader)  # noqa: S506
    except (yaml.YAMLError, ValueError) as error:
        reading.error(path, _yaml_line(error, 1), _yaml_problem(error), "Mend the YAML.")
        return None
    if not isinstance(fields, dict):
        reading.error(path, 2, "The front matter holds no fields.", "Write `title: ...`.")
        return None
    try:
        return FrontMatter.model_validate(fields)
    except ValidationError as errors:
        for each in errors.errors():
            place = tuple(each["loc"])
            problem, mend = _field_problem(place, str(each["type"]), str(each["msg"]))
            reading.error(path, _field_line(head, place), problem, mend)
        return None


def _field_problem(place: tuple[int | str, ...], kind: str, message: str) -> tuple[str, str]:
    name = str(place[0]) if place else "front matter"
    if kind == "extra_forbidden":
        return f"Unknown field '{name}'.", f"Known are {_listed(FrontMatter.model_fields)}."
    if kind == "missing":
        return f"The field '{name}' is missing.", "Add it."
    if kind == "string_type" and len(place) > 1:
        return f"Entry {int(place[1]) + 1} of '{name}' is no text.", "Put it between quotes."
    return f"Field '{name}': {message.removeprefix('Value error, ')}.", "Mend the value."


def _field_line(head: str, place: tuple[int | str, ...]) -> int:
    """The line in the file of a field, or of an entry of its list."""
    node = yaml.compose(head, Loader=_Loader)
    line = 0
    for step in place:
        if isinstance(node, yaml.MappingNode):
            pairs = [(key, value) for key, value in node.value if key.value == str(step)]
            if not pairs:
                break
            line, node = pairs[0][0].start_mark.line, pairs[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
            line = node.start_mark.line
    return line + 2


def _yaml_line(error: Exception, offset: int) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return (mark.line if mark else 0) + 1 + offset


def _yaml_problem(error: Exception) -> str:
    reason = getattr(error, "problem", None) or str(error)
    return f"The YAML is broken: {reason}."


def _add_article(
    path: Path, language: Language, matter: FrontMatter, body: _Body, reading: _Reading
) -> None:
    _check_body(path, body, reading)
    _warn_of_gaps(path, matter, body, reading)
    filled = _filled(path, language, body, reading)
    summary, parts = _sections(path, body, filled, reading)
    reading.articles.append(
        Article(
            id=matter.id or path.stem,
            language=language,
            title=_one_line(matter.title),
            phrasings=tuple(_one_line(phrasing) for phrasing in matter.phrasings),
            platforms=frozenset(Platform(name) for name in matter.platforms),
            audience=Audience(matter.audience),
            owner=matter.owner,
            reviewed=matter.reviewed,
            sources=tuple(matter.sources),
            error_codes=tuple(matter.error_codes),
            summary=summary,
            parts=parts,
            body=filled,
            source=body.text,
            path=str(path),
        )
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _check_body(path: Path, body: _Body, reading: _Reading) -> None:
    if len(body.text) > LONGEST_BODY:
        problem = f"The body has {len(body.text):,} characters, more than {LONGEST_BODY:,}."
        reading.error(path, body.first_line, problem, "Shorten it or split the article.")


def _warn_of_gaps(path: Path, matter: FrontMatter, body: _Body, reading: _Reading) -> None:
    if not body.text:
        mend = "Write what to do."
        reading.warning(path, body.first_line, "The body is empty.", mend)
    for name in ("owner", "reviewed"):
        if getattr(matter, name) is None:
            reading.warning(path, 1, f"The field '{name}' is not filled in.", "Fill it in.")


def _filled(path: Path, language: Language, body: _Body, reading: _Reading) -> str:
    def value_of(found: re.Match[str]) -> str:
        name = found.group(1)
        line = body.line_of(found.group(0))
        if reading.company is not None and name not in reading.company:
            mend = f"Mend the name or add it to the company file: {_listed(reading.company)}."
            reading.error(path, line, f"Unknown placeholder '{{{{{name}}}}}'.", mend)
            return UNSET_WORDING[language]
        value = _company_value(reading.company or {}, name, language)
        if value is None:
            reading.unset_used.setdefault(name, (path, line))
        return value if value is not None else UNSET_WORDING[language]

    return _PLACEHOLDER.sub(value_of, body.text)


def _company_value(company: Mapping[str, Any], name: str, language: Language) -> str | None:
    """A company value: one text for all languages, or a text per language."""
    value = company.get(name)
    if isinstance(value, dict):
        value = value.get(language.value, value.get(Language.EN.value))
    text = "" if value is None else str(value).strip()
    return text or None


def _sections(
    path: Path, body: _Body, filled: str, reading: _Reading
) -> tuple[str, tuple[Part, ...]]:
    summary, _, rest = filled.partition("\n\n")
    if summary.startswith("## "):
        summary, rest = "", filled
    pieces = _HEADING.split(rest)
    parts = [Part("", None, pieces[0].strip())] if pieces[0].strip() else []
    for heading, mark, text in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        if mark not in (None, "all", *Platform):
            mend = f"Use one of {_listed(Platform)} or all."
            line = body.line_of(f"{{{mark}}}")
            reading.error(path, line, f"Unknown platform '{mark}' in a heading.", mend)
            continue
        platform = Platform(mark) if mark in tuple(Platform) else None
        parts.append(Part(heading, platform, text.strip()))
    return summary.strip(), tuple(parts)


def _find_clashes(reading: _Reading) -> None:
    first_path: dict[tuple[str, Language], Article] = {}
    code_owner: dict[tuple[str, Audience], Article] = {}
    for article in reading.articles:
        first = first_path.setdefault((article.id, article.language), article)
        if first is not article:
            problem = f"The id '{article.id}' stands twice in '{article.language}'"
            _clash(article, "id:", f"{problem}, also in {first.path}.", reading)
        for code in article.error_codes:
            key = (normalised_code(code), article.audience)
            owner = code_owner.setdefault(key, article)
            if owner.id != article.id:
                same = owner.language is article.language
                severity = Severity.ERROR if same else Severity.WARNING
                problem = f"The error code '{code}' belongs to '{owner.id}' already"
                _clash(article, code, f"{problem}, in {owner.path}.", reading, severity)


def _clash(
    article: Article,
    fragment: str,
    problem: str,
    reading: _Reading,
    severity: Severity = Severity.ERROR,
) -> None:
    path = Path(article.path)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    numbers = (number for number, line in enumerate(lines, start=1) if fragment in line)
    mend = "Keep it in one of them."
    reading.findings.append(Finding(path, next(numbers, 1), problem, mend, severity))


def _warn_of_unset(company: Path | None, reading: _Reading) -> None:
    for name, (path, line) in sorted(reading.unset_used.items()):
        where = company if company is not None else path
        problem = f"The company value '{name}' is not set; {path}:{line} shows neutral wording."
        reading.warning(where, None if company else line, problem, f"Fill in '{name}'.")
