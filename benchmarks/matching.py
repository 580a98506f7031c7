"""Compare the matcher with what people would use instead, on the same articles and questions.

    python benchmarks/matching.py [--sizes 1000,10000,100000] [--articles FILE.jsonl] [QUESTIONS...]

Engines: rapidfuzz `extractOne` with WRatio and with token_set_ratio, bm25s with Snowball stems, and
SQLite FTS5. Quality is measured on the shipped articles with a fifth of their phrasings held out, clean
and with one or two slips of the keyboard, and on question files where named (lines with "text", "lang",
"expect"). `--articles` names another knowledge base as JSONL: lines with "article" and "phrasings",
and lines with "text" and "expect". Speed and memory are measured on made-up articles of each size, in a
process of its own for each engine.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.fit_calibration import library_of  # noqa: E402 - after the path is set
from benchmarks.slips import with_slips  # noqa: E402
from knowledge.article import Article, Audience, Language, Library  # noqa: E402
from knowledge.evaluation import Sample, read_questions  # noqa: E402
from knowledge.matching import Matcher, Outcome, Query  # noqa: E402

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
    """Without stop words lists; Han text as character pairs, without which it would find nothing."""
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
    return [replace(one, text=with_slips(one.text, chance.randint(1, 2), chance)) for one in samples]


def print_quality(title: str, library: Library, samples: Sequence[Sample]) -> None:
    """P@1 per engine and language; for the matcher also coverage at 95 % precision."""
    languages = sorted({one.language for one in samples if one.language}, key=list(Language).index)
    outside = sum(not one.expected for one in samples)
    count = len(phrasings_of(library))
    print(f"\n{title}: {count} phrasings, {len(samples)} questions ({outside} out of scope)")
    header = "".join(f"{language.value:>9}" for language in languages)
    print(f"{'P@1':<14}{'all':>7}{header}{'with slips':>12}")
    with_mistakes = slipped(samples)
    for name, build in ENGINES.items():
        find = build(library)
        cells = [first_found(find, samples)]
        cells += [
            first_found(find, [one for one in samples if one.language is language])
            for language in languages
        ]
        row = f"{cells[0]:>7.3f}" + "".join(f"{cell:>9.3f}" for cell in cells[1:])
        print(f"{name:<14}{row}{first_found(find, with_mistakes):>12.3f}", flush=True)
    print_outcomes(library, samples)


def print_outcomes(library: Library, samples: Sequence[Sample]) -> None:
    matcher = Matcher(library)
    matches = [(one, matcher.match(Query(one.text))) for one in samples]
    sure = [
        (match.best.confidence if match.best else 0.0, bool(match.best) and match.best.article_id in one.expected)
        for one, match in matches
    ]
    inside = sum(bool(one.expected) for one, _ in matches)
    shown = [(one, match) for one, match in matches if match.outcome is Outcome.ANSWER]
    wrong = sum(match.best is None or match.best.article_id not in one.expected for one, match in shown)
    answered = sum(bool(one.expected) for one, _ in shown)
    print(
        f"signpost: answered {answered / max(inside, 1):.3f}, wrong of shown "
        f"{wrong / max(len(shown), 1):.3f}, coverage at 95 % precision {coverage(sure, inside):.3f}"
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
    gc.collect()
    before, started = _resident(), time.perf_counter()
    find = ENGINES[engine](library)
    built = time.perf_counter() - started
    gc.collect()
    size = _resident() - before
    for text in timed[:10]:
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
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def print_speed(sizes: Sequence[int]) -> None:
    spawn = multiprocessing.get_context("spawn")
    for size in sizes:
        print(f"\n{size:,} phrasings{'build s':>14}{'p50 ms':>10}{'p99 ms':>10}{'index MB':>10}")
        for engine in ENGINES:
            with spawn.Pool(1) as pool:
                one = pool.apply(measure, (engine, size))
            print(
                f"{engine:<17}{one.build_seconds:>13.2f}{one.p50_ms:>10.2f}{one.p99_ms:>10.2f}"
                f"{one.index_megabytes:>10.1f}",
                flush=True,
            )
        with spawn.Pool(1) as pool:
            print(f"learning one phrasing: {pool.apply(learning_ms, (size,)):.1f} ms", flush=True)


def _samples_beside(path: Path) -> list[Sample]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Sample(line["text"], None, frozenset(line.get("expect", ()))) for line in lines if "text" in line
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", nargs="*", type=Path)
    parser.add_argument("--articles", type=Path)
    parser.add_argument("--sizes", default="1000,10000")
    arguments = parser.parse_args()
    shipped = library_of(FAQ)
    print_quality("shipped articles, held-out phrasings", *held_out_of(shipped))
    if arguments.questions:
        samples = [one for path in arguments.questions for one in read_questions(path)]
        everyone = [one for one in shipped.articles if one.audience is Audience.EVERYONE]
        print_quality("shipped articles, questions", Library(everyone), samples)
    if arguments.articles:
        library, samples = library_of(arguments.articles), _samples_beside(arguments.articles)
        print_quality(arguments.articles.name, library, samples)
    print_speed([int(size) for size in arguments.sizes.split(",") if size])
    return 0


if __name__ == "__main__":
    sys.exit(main())
