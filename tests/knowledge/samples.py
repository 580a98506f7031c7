"""A small knowledge base about a bicycle workshop in two languages, and ways to write one."""

from __future__ import annotations

from pathlib import Path

from knowledge.article import Article, Audience, Language, Library, Platform

PHRASINGS: dict[str, dict[Language, tuple[str, ...]]] = {
    "flat-tyre": {
        Language.EN: (
            "my tyre is flat",
            "how do I mend a puncture",
            "there is a hole in the inner tube",
            "the wheel loses air over night",
            "puncture repair",
            "front tyre keeps going soft",
        ),
        Language.NL: (
            "mijn band is lek",
            "hoe plak ik een lekke band",
            "er zit een gat in de binnenband",
            "mijn wiel loopt steeds leeg",
        ),
    },
    "brakes-squeal": {
        Language.EN: (
            "my brakes squeal",
            "why does it screech when I stop",
            "noisy brake pads",
            "terrible sound while braking",
            "brake blocks make a noise",
            "squeaking when slowing down",
        ),
        Language.NL: (
            "mijn remmen piepen",
            "waarom gilt mijn fiets als ik stop",
            "piepende remblokjes",
            "geluid bij het remmen",
        ),
    },
    "chain-slips": {
        Language.EN: (
            "the chain slips off",
            "chain falls off when I change gear",
            "my gears skip",
            "derailleur jumps between gears",
            "chain came off again",
            "shifting does not work",
        ),
        Language.NL: (
            "de ketting loopt eraf",
            "mijn ketting valt eraf bij schakelen",
            "versnelling slaat over",
            "schakelen lukt niet",
        ),
    },
    "lost-key": {
        Language.EN: (
            "I lost the key of my lock",
            "cannot open my bike lock",
            "lock key missing",
            "who can cut my lock open",
            "the lock is stuck shut",
            "spare key for the lock",
        ),
        Language.NL: (
            "ik ben mijn sleutel kwijt",
            "mijn slot gaat niet open",
            "fietssleutel verloren",
            "wie kan mijn slot doorslijpen",
        ),
    },
}

CODES = {"chain-slips": ("0x80180014", "ChainCapReached")}
PLATFORMS = {"flat-tyre": frozenset({Platform.IOS}), "lost-key": frozenset({Platform.ANDROID})}


def article(
    article_id: str = "flat-tyre",
    language: Language = Language.EN,
    *,
    audience: Audience = Audience.EVERYONE,
    phrasings: tuple[str, ...] | None = None,
) -> Article:
    known = PHRASINGS.get(article_id, {}).get(language, ())
    return Article(
        id=article_id,
        language=language,
        title=article_id.replace("-", " "),
        phrasings=known if phrasings is None else phrasings,
        audience=audience,
        platforms=PLATFORMS.get(article_id, frozenset()),
        error_codes=CODES.get(article_id, ()),
        summary="What to do.",
        body="What to do.",
    )


def workshop() -> Library:
    return Library(
        article(article_id, language)
        for article_id, by_language in PHRASINGS.items()
        for language in by_language
    )


def write_article(folder: Path, path: str = "en/flat-tyre.md", **fields: str) -> Path:
    """Write an article file; `fields` replace lines of the front matter, "body" the body."""
    lines = {
        "title": "A flat tyre",
        "phrasings": "[my tyre is flat, how do I mend a puncture]",
        "platforms": "[]",
        "audience": "everyone",
        "owner": "workshop",
        "reviewed": "2026-05-01",
        "sources": "[]",
        "error_codes": "[]",
    }
    body = fields.pop("body", "Mend the tube.\n\n1. Take the wheel off.")
    lines |= fields
    head = "\n".join(f"{name}: {value}" for name, value in lines.items())
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(f"---\n{head}\n---\n{body}\n", encoding="utf-8")
    return target


def write_workshop(folder: Path) -> None:
    for article_id, by_language in PHRASINGS.items():
        for language, phrasings in by_language.items():
            write_article(
                folder,
                f"{language}/{article_id}.md",
                title=f"About {article_id} in {language}",
                phrasings="[" + ", ".join(f'"{one}"' for one in phrasings) + "]",
            )
