"""The knowledge in use, and taking up changed files while running: all or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from knowledge.article import Article, Library
from knowledge.calibration import Calibration
from knowledge.errors import Finding, KnowledgeInvalid
from knowledge.loading import load_library
from knowledge.matching import Matcher, Query

_FIRST = Query("good morning, how do I enroll my new phone?")


@dataclass(frozen=True, slots=True)
class Current:
    library: Library
    matcher: Matcher


@dataclass(frozen=True, slots=True)
class Reload:
    """What a look at the files brought: was anything taken up, and what is wrong with them."""

    changed: bool
    findings: tuple[Finding, ...] = ()


class Knowledge:
    """Holds the library and matcher in use.

    `after_load` is called with every new matcher before it is used, for instance to teach it the
    phrasings that people learned it. Raises KnowledgeInvalid when the first load fails.
    """

    def __init__(
        self,
        folder: Path,
        company: Path | None = None,
        calibration: Calibration | None = None,
        after_load: Callable[[Matcher], None] | None = None,
    ) -> None:
        self._folder = folder
        self._company = company
        self._calibration = calibration
        self._after_load = after_load
        self._fingerprint = self._take_fingerprint()
        self.current = self._load()

    def reload_if_changed(self) -> Reload:
        """Take up changed files; keep the last good ones when the new ones are wrong.

        The findings of a refused state are reported once, not at every look.
        """
        fingerprint = self._take_fingerprint()
        if fingerprint == self._fingerprint:
            return Reload(changed=False)
        self._fingerprint = fingerprint
        try:
            self.current = self._load()
        except KnowledgeInvalid as invalid:
            return Reload(changed=False, findings=invalid.findings)
        return Reload(changed=True, findings=self.current.library.warnings)

    def load_again(self) -> None:
        """Have the files loaded anew at the next look, without what was learned or added since."""
        self._fingerprint = ""

    def add(self, article: Article) -> None:
        """Take up an article that is in no file, until the files are loaded anew."""
        matcher = self.current.matcher
        matcher.add(article)
        self.current = Current(matcher.library, matcher)

    def _load(self) -> Current:
        library = load_library(self._folder, self._company)
        matcher = Matcher(library, self._calibration)
        # What matching reads at its first use takes seconds (the language model): nobody is to wait
        # for it, who must be acknowledged within three.
        matcher.match(_FIRST)
        if self._after_load is not None:
            self._after_load(matcher)
        return Current(library, matcher)

    def _take_fingerprint(self) -> str:
        """Names, sizes and change times of every file; contents are not read."""
        digest = hashlib.sha256()
        paths = sorted(self._folder.rglob("*.md")) if self._folder.is_dir() else []
        for path in (*paths, *((self._company,) if self._company else ())):
            digest.update(_stamp(path).encode())
        return digest.hexdigest()


def _stamp(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:
        return f"{path}\0gone\0"
    return f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0"
