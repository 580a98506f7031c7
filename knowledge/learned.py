"""What people taught the bot beside the files, and how it comes into the files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge.article import Article, Language, Library
from knowledge.draft import Draft, article_of
from knowledge.lesson import Lesson
from knowledge.spreadsheet import cells_of, file_text, root_of


@dataclass(frozen=True)
class Learned:
    """Published lessons and published new articles."""

    lessons: tuple[Lesson, ...] = ()
    drafts: tuple[Draft, ...] = ()

    def __len__(self) -> int:
        return len(self.lessons) + len(self.drafts)


def including(library: Library, learned: Learned) -> Library:
    """The library with everything learned: new articles whose id is not taken, then the phrasings
    of lessons about any of its articles."""
    whole = library
    for draft in learned.drafts:
        article = article_of(draft)
        if whole.article(article.id, article.language) is None:
            whole = whole.including(article)
    return Library(_taught(whole, learned.lessons), whole.warnings)


def write_files(library: Library, learned: Learned, source: Path, target: Path) -> tuple[str, ...]:
    """Write the library and everything learned as article files below ``target``, which may be
    the folder ``source`` that the library came from. Gives what differs from the library, as
    ``language/id``. An article that nothing was learned of is copied to the letter."""
    root = root_of(source)
    changed = []
    for article in including(library, learned).articles:
        present = library.article(article.id, article.language)
        path = target / _place(article, present, root)
        if present == article:
            _write(path, Path(article.path).read_bytes())
            continue
        _write(path, file_text(cells_of(article), path.stem).encode())
        changed.append(f"{article.language}/{article.id}")
    return tuple(changed)


def _taught(library: Library, lessons: Iterable[Lesson]) -> Iterator[Article]:
    phrasings: dict[tuple[str, Language], list[str]] = {}
    for lesson in lessons:
        phrasings.setdefault((lesson.article, lesson.language), []).append(lesson.phrasing)
    for article in library.articles:
        more = phrasings.get((article.id, article.language), [])
        ordered = tuple(dict.fromkeys((*article.phrasings, *more)))
        yield replace(article, phrasings=ordered) if ordered != article.phrasings else article


def _place(article: Article, present: Article | None, root: Path) -> Path:
    if present is not None:
        return Path(present.path).relative_to(root)
    return Path(article.language) / f"{article.id}.md"


def _write(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".md.new")
    beside.write_bytes(content)
    beside.replace(path)
