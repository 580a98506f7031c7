"""Compare the matcher with what people would use instead, on the same articles and questions.

    python benchmarks/matching.py [--sizes 1000,10000,100000] [--articles FILE.jsonl] [QUESTIONS...]

Engines: rapidfuzz `extractOne` with WRatio and with token_set_ratio, bm25s with Snowball stems, and
SQLite FTS5. Quality is measured on the shipped articles with a fifth of their phrasings held out,
clean and with one or two slips of the keyboard, and on question files where named (lines with
"text", "lang", "expect"). `--articles` names another knowledge base as JSONL: lines with "article"
and "phrasings", and lines with "text" and "expect". What is not named as an argument is taken from
BENCH_QUESTIONS (paths divided by a colon) and BENCH_ARTICLES, so `make bench` can measure it too.
Speed and memory are measured on made-up articles of each size, in a process of its own for each
engine.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import multiprocessing
import os
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.fit_calibration import library_of
from benchmarks.slips import with_slips
from knowledge.article import Article, Audience, Language, Library
from knowledge.evaluation import Answered, Sample, read_questions
from knowledge.matching import Matcher, Query

FAQ: Final = Path(__file__).resolve().parent.parent / "knowledge" / "faq"
HELD_OUT: Final = 5
PER_ARTICLE: Final = 25
TIMED_QUESTIONS: Final = 400
TIMED_SCANS: Final = 40

Finder = Callable[[str], list[str]]
"""A question in, article ids out, best first."""


@dataclass(frozen=True, slots=True)
class Phrased:
    """A phrasing with the id of its article."""

    text: str
    article: str
    language: Language


def phrasings_of(library: Library) -> list[Phrased]:
    return [
        Phrased(text, article.id, article.language)
        for article in library.articles
        for text in (article.title, *article.phrasings)
    ]


# -- engines ---------------------------------------------------------------------------------------


def signpost(library: Library) -> Finder:
    matcher = Matcher(library)

    def find(text: str) -> list[str]:
        return [one.article_id for one in matcher.match(Query(text)).candidates]

    return find


def wratio(library: Library) -> Finder:
    from rapidfuzz import fuzz

    return _scan(library, fuzz.WRatio)


def token_set(library: Library) -> Finder:
    from rapidfuzz import fuzz

    return _scan(library, fuzz.token_set_ratio)


def _scan(library: Library, scorer: Callable[..., float]) -> Finder:
    from rapidfuzz import process

    phrased = phrasings_of(library)
    choices = [one.text.lower() for one in phrased]

    def find(text: str) -> list[str]:
        best = process.extractOne(text.lower(), choices, scorer=scorer)
        return [] if best is None else [phrased[best[2]].article]

    return find


def bm25(library: Library) -> Finder:
    """Without lists of stop words; Han text as character pairs, or it would find nothing."""
    import bm25s
    import Stemmer

    phrased = phrasings_of(library)
    stemmers = {
        "en": Stemmer.Stemmer("english"),
        "nl": Stemmer.Stemmer("dutch"),
        "sv": Stemmer.Stemmer("swedish"),
    }

    def tokens(text: str, language: str) -> list[str]:
        pieces = _pieces(text)
        return stemmers[language].stemWords(pieces) if language in stemmers else pieces

    corpus = [tokens(one.text, one.language.value) for one in phrased]
    vocabulary = {token: at for at, token in enumerate(sorted({t for doc in corpus for t in doc}))}
    index = bm25s.BM25()
    encoded = bm25s.tokenization.Tokenized(
        ids=[[vocabulary[token] for token in doc] for doc in corpus], vocab=vocabulary
    )
    index.index(encoded, show_progress=False)
    languages = sorted({one.language.value for one in phrased})

    def find(text: str) -> list[str]:
        # The question's language is not known: each language's stems of a word take part.
        asked = {token for language in languages for token in tokens(text, language)}
        known = [token for token in sorted(asked) if token in vocabulary]
        if not known:
            return []
        scores = index.get_scores(known)
        best = np.argsort(-scores)[:50]
        return list(dict.fromkeys(phrased[int(at)].article for at in best))

    return find


def _pieces(text: str) -> list[str]:
    from knowledge.text import is_han, normalised, words

    found: list[str] = []
    for word in words(normalised(text)):
        if is_han(word) and len(word) > 1:
            found += [word[at : at + 2] for at in range(len(word) - 1)]
        else:
            found.append(word)
    return found


def fts5(library: Library) -> Finder:
    phrased = phrasings_of(library)
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE p USING fts5(t, tokenize='porter unicode61')")
    rows = [(" ".join(_pieces(one.text)),) for one in phrased]
    connection.executemany("INSERT INTO p(t) VALUES (?)", rows)

    def find(text: str) -> list[str]:
        asked = " OR ".join(f'"{piece}"' for piece in dict.fromkeys(_pieces(text)))
        if not asked:
            return []
        found = connection.execute(
            "SELECT rowid FROM p WHERE p MATCH ? ORDER BY rank LIMIT 50", (asked,)
        )
        return list(dict.fromkeys(phrased[row[0] - 1].article for row in found))

    return find


ENGINES: Final[dict[str, Callable[[Library], Finder]]] = {
    "signpost": signpost,
    "WRatio": wratio,
    "token_set": token_set,
    "bm25s+stems": bm25,
    "FTS5": fts5,
}


# -- quality ---------------------------------------------------------------------------------------


def first_found(find: Finder, samples: Sequence[Sample]) -> float:
    inside = [one for one in samples if one.expected]
    hits = sum(bool(found := find(one.text)) and found[0] in one.expected for one in inside)
    return hits / max(len(inside), 1)


def held_out_of(library: Library) -> tuple[Library, list[Sample]]:
    everyone = [one for one in library.articles if one.audience is Audience.EVERYONE]
    kept = [
        replace(
            one,
            phrasings=tuple(text for at, text in enumerate(one.phrasings) if at % HELD_OUT),
        )
        for one in everyone
    ]
    samples = [
        Sample(text, one.language, frozenset({one.id}))
        for one in everyone
        for text in one.phrasings[::HELD_OUT]
    ]
    return Library(kept), samples


def slipped(samples: Sequence[Sample]) -> list[Sample]:
    chance = random.Random(1)
    return [
        replace(one, text=with_slips(one.text, chance.randint(1, 2), chance)) for one in samples
    ]


def print_quality(title: str, library: Library, samples: Sequence[Sample]) -> None:
    """P@1 per engine and language; for the matcher also what it answers without asking back."""
    languages = _languages(samples)
    outside = sum(not one.expected for one in samples)
    count = len(phrasings_of(library))
    print(
        f"\n### {title}\n\n{count} phrasings, {len(samples)} questions, {outside} out of scope.\n"
    )
    _print_row("P@1", "all", *(language.value for language in languages), "with slips")
    _print_row(*["---"] * (len(languages) + 3))
    with_mistakes = slipped(samples)
    first: dict[str, tuple[float, float]] = {}
    for name, build in ENGINES.items():
        find = build(library)
        of_language = [[one for one in samples if one.language is each] for each in languages]
        cells = [first_found(find, part) for part in (samples, *of_language, with_mistakes)]
        first[name] = (cells[0], cells[-1])
        _print_row(name, *(f"{cell:.3f}" for cell in cells))
    print_outcomes(library, samples)
    _print_against_bm25(first)


def _languages(samples: Sequence[Sample]) -> list[Language]:
    return sorted({one.language for one in samples if one.language}, key=list(Language).index)


def _print_row(*cells: str) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)


def _print_against_bm25(first: Mapping[str, tuple[float, float]]) -> None:
    clean, slips = first["signpost"]
    fewer = 1 - (1 - clean) / max(1 - first["bm25s+stems"][0], 1e-9)
    print(
        f"\nErrors against BM25 with stems: {fewer:.0%} fewer; P@1 with slips is "
        f"{slips / max(clean, 1e-9):.1%} of clean."
    )


def print_outcomes(library: Library, samples: Sequence[Sample]) -> None:
    """Per language and in all, each question asked in its own language as the bot would."""
    matcher = Matcher(library)
    answered = [
        Answered(one, matcher.match(Query(one.text, (one.language,) if one.language else ())))
        for one in samples
    ]
    print()
    _print_row(
        "signpost", "P@1", "P@3", "answered", "wrong of shown", "out of scope answered", "coverage"
    )
    _print_row(*["---"] * 7)
    for language in _languages(samples):
        part = [one for one in answered if one.question.language is language]
        _print_row(language.value, *_outcome_cells(part))
    _print_row("all", *_outcome_cells(answered))
    _print_languages(answered)


def _outcome_cells(answered: Sequence[Answered]) -> list[str]:
    """The cells of a row; coverage is at 95 % precision."""
    inside = [one for one in answered if one.question.expected]
    outside = [one for one in answered if not one.question.expected]
    shown = [one for one in answered if one.was_shown]
    sure = [
        (one.match.best.confidence if one.match.best else 0.0, one.is_first) for one in answered
    ]
    shares = (
        _share([one.is_first for one in inside]),
        _share([one.is_among_three for one in inside]),
        _share([one.was_shown for one in inside]),
        _share([not one.is_first for one in shown]),
        _share([one.was_shown for one in outside]),
        coverage(sure, len(inside)),
    )
    return [f"{share:.3f}" for share in shares]


def _share(held: Sequence[bool]) -> float:
    return sum(held) / max(len(held), 1)


def _print_languages(answered: Sequence[Answered]) -> None:
    known = [one for one in answered if one.question.language]
    right = sum(one.match.language is one.question.language for one in known)
    open_ = sum(one.match.language is None and one.match.other_language is None for one in known)
    fifth = sum(one.match.other_language is not None for one in known)
    print(
        f"\nLanguage of {len(known)} questions: {right} right, {open_} left open, "
        f"{len(known) - right - open_ - fifth} wrong, {fifth} taken for a fifth one."
    )


def coverage(sure: Sequence[tuple[float, bool]], inside: int) -> float:
    """The share answered rightly where at most 5 % of all that is shown is wrong."""
    best = right = 0
    for shown, (_, is_right) in enumerate(sorted(sure, key=lambda one: -one[0]), start=1):
        right += is_right
        if right >= 0.95 * shown:
            best = right
    return best / max(inside, 1)


# -- speed -----------------------------------------------------------------------------------------


def made_up(phrasings: int) -> tuple[Library, list[str]]:
    """English articles of the wanted size, and questions.

    Each article has ten words of its own, each phrasing is a real one of the shipped articles in
    which three words were replaced by such. So lengths and common words are as in life.
    """
    chance = random.Random(phrasings)
    carriers = [one.text for one in phrasings_of(library_of(FAQ)) if one.language is Language.EN]
    articles = []
    questions = []
    for number in range(max(2, phrasings // PER_ARTICLE)):
        own = [_pseudo_word(chance) for _ in range(10)]
        texts = [_with_words(chance.choice(carriers), own, chance) for _ in range(PER_ARTICLE + 1)]
        questions.append(texts.pop())
        articles.append(Article(f"article-{number:05}", Language.EN, own[0], tuple(texts)))
    chance.shuffle(questions)
    return Library(articles), questions


def _pseudo_word(chance: random.Random) -> str:
    syllables = [chance.choice("bdfgklmnprstv") + chance.choice("aeiou") for _ in range(3)]
    return "".join(syllables)


def _with_words(carrier: str, own: Sequence[str], chance: random.Random) -> str:
    pieces = carrier.split()
    for place in chance.sample(range(len(pieces)), min(3, len(pieces))):
        pieces[place] = chance.choice(own)
    return " ".join(pieces)


@dataclass(frozen=True, slots=True)
class Speed:
    engine: str
    build_seconds: float
    p50_ms: float
    p99_ms: float
    index_megabytes: float


def measure(engine: str, phrasings: int) -> Speed:
    library, questions = made_up(phrasings)
    timed = questions[: TIMED_SCANS if engine in ("WRatio", "token_set") else TIMED_QUESTIONS]
    if engine == "signpost":
        Matcher(Library(library.articles[:2])).match(Query("warm up the language model"))
    before, started = _resident(), time.perf_counter()
    find = ENGINES[engine](library)
    built = time.perf_counter() - started
    size = _resident() - before
    for text in questions[-10:]:
        find(text)
    spent = []
    for text in timed:
        started = time.perf_counter()
        find(text)
        spent.append((time.perf_counter() - started) * 1_000)
    p50, p99 = np.percentile(spent, [50, 99])
    return Speed(engine, built, float(p50), float(p99), size / 2**20)


def learning_ms(phrasings: int) -> float:
    """Milliseconds to learn one phrasing, the slowest of twenty."""
    library, questions = made_up(phrasings)
    matcher = Matcher(library)
    slowest = 0.0
    for text in questions[:20]:
        started = time.perf_counter()
        matcher.learn(library.articles[0].id, Language.EN, text)
        slowest = max(slowest, (time.perf_counter() - started) * 1_000)
    return slowest


def _resident() -> int:
    """Bytes of memory in use, after what is free was given back to the system."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def print_speed(sizes: Sequence[int]) -> None:
    spawn = multiprocessing.get_context("spawn")
    ratios: list[str] = []
    print("\n### Speed and memory\n")
    _print_row("phrasings", "engine", "build s", "p50 ms", "p99 ms", "index MB")
    _print_row(*["---"] * 6)
    for size in sizes:
        p50 = {}
        for engine in ENGINES:
            with spawn.Pool(1) as pool:
                one = pool.apply(measure, (engine, size))
            p50[engine] = one.p50_ms
            figures = (one.build_seconds, one.p50_ms, one.p99_ms, one.index_megabytes)
            _print_row(f"{size:,}", engine, *(f"{figure:.2f}" for figure in figures))
        ratios.append(f"{size:,}: 1/{p50['WRatio'] / p50['signpost']:.0f}")
    print(f"\nP50 against the WRatio scan: {'; '.join(ratios)}.")
    for size in sizes:
        with spawn.Pool(1) as pool:
            slowest = pool.apply(learning_ms, (size,))
        print(f"\nLearning one phrasing at {size:,}: {slowest:.1f} ms at most.", flush=True)


def _samples_beside(path: Path) -> list[Sample]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Sample(line["text"], None, frozenset(line.get("expect", ())))
        for line in lines
        if "text" in line
    ]


def _paths(variable: str) -> list[Path]:
    """The paths in an environment variable, divided as the system divides them."""
    return [Path(one) for one in os.environ.get(variable, "").split(os.pathsep) if one]


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("questions", nargs="*", type=Path, default=_paths("BENCH_QUESTIONS"))
    parser.add_argument("--articles", type=Path, default=next(iter(_paths("BENCH_ARTICLES")), None))
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--quick", action="store_true", help="no more than 10,000 phrasings")
    chosen = parser.parse_args(arguments)
    shipped = library_of(FAQ)
    print_quality("Shipped articles, phrasings held out", *held_out_of(shipped))
    if chosen.questions:
        samples = [one for path in chosen.questions for one in read_questions(path)]
        everyone = [one for one in shipped.articles if one.audience is Audience.EVERYONE]
        print_quality("Shipped articles, questions", Library(everyone), samples)
    if chosen.articles:
        library, samples = library_of(chosen.articles), _samples_beside(chosen.articles)
        print_quality(chosen.articles.name, library, samples)
    sizes = [int(size) for size in chosen.sizes.split(",") if size]
    print_speed([size for size in sizes if size <= 10_000 or not chosen.quick])


if __name__ == "__main__":
    main(sys.argv[1:])
