"""Dates in words: months, weeks and days as people write them in tables, in four languages.

Month names are those of the Unicode CLDR, as Babel carries them.
"""

import re
from collections.abc import Mapping
from datetime import date, time
from functools import cache

from babel import Locale

from knowledge.article import Language
from rollout.plan import LAST_WEEK, InWeek, OnDay, When

BABEL = {Language.EN: "en", Language.NL: "nl", Language.SV: "sv", Language.ZH_HANT: "zh_Hant"}

_ORDINALS: Mapping[Language, tuple[tuple[str, ...], ...]] = {
    Language.EN: (
        ("first", "1st"),
        ("second", "2nd"),
        ("third", "3rd"),
        ("fourth", "4th"),
        ("fifth", "5th"),
        ("last",),
    ),
    Language.NL: (
        ("eerste", "1e", "1ste"),
        ("tweede", "2e", "2de"),
        ("derde", "3e", "3de"),
        ("vierde", "4e", "4de"),
        ("vijfde", "5e", "5de"),
        ("laatste",),
    ),
    Language.SV: (
        ("första", "1:a"),
        ("andra", "2:a"),
        ("tredje", "3:e"),
        ("fjärde", "4:e"),
        ("femte", "5:e"),
        ("sista",),
    ),
    Language.ZH_HANT: (
        ("第一", "第1"),
        ("第二", "第2"),
        ("第三", "第3"),
        ("第四", "第4"),
        ("第五", "第5"),
        ("最後一", "最后一"),
    ),
}
_WEEK = {
    Language.EN: ("week",),
    Language.NL: ("week",),
    Language.SV: ("veckan", "vecka"),
    Language.ZH_HANT: ("週", "周"),
}
_NUMBERS = (1, 2, 3, 4, 5, LAST_WEEK)

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$")
_CHINESE = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})[日號号]$")
_DAY_FIRST = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|:e|:a|e)?\.?\s+(?:of\s+)?([^\W\d]+)\.?,?(?:\s+(\d{4}))?$"
)
_MONTH_FIRST = re.compile(r"([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?$")
_NUMERIC = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$")
_MONTH_AND_YEAR = re.compile(r"(.*?)[\s,]*(\d{4})$")
_YEAR_AND_MONTH = re.compile(r"(\d{4})年?\s*(.*)$")
_IN_WEEK = re.compile(r"(?P<week>.+?)\s+(?:of|in|van|i)\s+(?P<month>\S+?)(?:\s+(?P<year>\d{4}))?$")
_TIME = re.compile(r"(.*?)[\sT]+(\d{1,2}):(\d{2})$")


class DateRefused(ValueError):
    """Words that name no date, or more than one."""


def normalised(text: str) -> str:
    """In one case, without Markdown's bold and with single spaces."""
    return re.sub(r"\s+", " ", text.replace("*", " ").replace("\u00a0", " ")).strip().casefold()


@cache
def months(language: Language) -> Mapping[str, int]:
    """Month names of the language, wide and abbreviated, normalised and without spaces."""
    names = Locale.parse(BABEL[language]).months
    return {
        _tight(name): number
        for form in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for number, name in names[form][width].items()
    }


def month_languages(text: str) -> frozenset[Language]:
    """The languages in which the text is the name of a month."""
    name = _tight(text)
    return frozenset(language for language in Language if name in months(language))


def week_languages(text: str) -> frozenset[Language]:
    """The languages in which the text names a week of a month."""
    name = _tight(text)
    return frozenset(language for language in Language if name in _weeks(language))


def read_month(text: str) -> tuple[int, int | None]:
    """``July``, ``juli 2027``, ``2027年7月``: the month, and the year if the text has one. Raises
    ``DateRefused``."""
    words = normalised(text)
    if (month := _month(words)) is not None:
        return month, None
    for pattern, month_at, year_at in ((_MONTH_AND_YEAR, 1, 2), (_YEAR_AND_MONTH, 2, 1)):
        found = pattern.match(words)
        month = _month(found[month_at]) if found else None
        if found and month is not None:
            return month, int(found[year_at])
    raise DateRefused(f"{text!r} is not the name of a month")


def read_week(text: str) -> int:
    """``First week``, ``Eerste week``, ``Första veckan``, ``第一週``: its number. A bare "week 27"
    is refused, since it may be a week of the year. Raises ``DateRefused``."""
    name = _tight(text)
    for language in Language:
        if name in _weeks(language):
            return _weeks(language)[name]
    raise DateRefused(f"{text!r} is not a week of a month")


def read_day(text: str, year: int) -> date:
    """A day, ``year`` filled in where the text has none. ``03-04-2027`` is refused: it is one day
    in Europe and another in America. Raises ``DateRefused``."""
    words = normalised(text)
    tight = words.replace(" ", "")
    if found := _ISO.match(tight):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _CHINESE.match(tight):
        return _day(int(found[1] or year), int(found[2]), int(found[3]))
    if found := _NUMERIC.match(tight):
        return _numeric(int(found[1]), int(found[2]), int(found[3]), text)
    for pattern, day_at, month_at in ((_DAY_FIRST, 1, 2), (_MONTH_FIRST, 2, 1)):
        found = pattern.match(words)
        month = _month(found[month_at]) if found else None
        if found and month is not None:
            return _day(int(found[3] or year), month, int(found[day_at]))
    raise DateRefused(f"{text!r} is not a date")


def read_when(text: str, year: int) -> When:
    """A date of the plan file: ``2027-07-06``, ``2027-07-06 14:00``, ``6 July``, ``first week of
    July``, ``last week of July 2027``. Raises ``DateRefused``."""
    if found := _IN_WEEK.match(normalised(text)):
        month = _month(found["month"])
        if month is None:
            raise DateRefused(f"{found['month']!r} is not the name of a month")
        stated = int(found["year"]) if found["year"] else None
        return InWeek(read_week(found["week"]), month, stated)
    if found := _TIME.match(text.strip()):
        return OnDay(read_day(found[1], year), read_time(f"{found[2]}:{found[3]}"))
    return OnDay(read_day(text, year))


def read_time(text: str) -> time:
    """``9:00`` or ``09:00``. Raises ``DateRefused``."""
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", text.strip())
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise DateRefused(f"{text!r} is not a time of day")
    return time(int(found[1]), int(found[2]))


def month_name(month: int, language: Language) -> str:
    """The month as a heading, in the language."""
    name: str = Locale.parse(BABEL[language]).months["stand-alone"]["wide"][month]
    return name[:1].upper() + name[1:]


def week_name(week: int, language: Language) -> str:
    """``First week`` in the language."""
    ordinal = _ORDINALS[language][_NUMBERS.index(week)][0]
    gap = "" if language is Language.ZH_HANT else " "
    name = f"{ordinal}{gap}{_WEEK[language][0]}"
    return name[:1].upper() + name[1:]


def in_words(when: When) -> str:
    """The date as the plan file writes it."""
    if isinstance(when, OnDay):
        return f"{when.day.isoformat()} {when.at:%H:%M}" if when.at else when.day.isoformat()
    year = f" {when.year}" if when.year else ""
    week = week_name(when.week, Language.EN).lower()
    return f"{week} of {month_name(when.month, Language.EN)}{year}"


@cache
def _weeks(language: Language) -> Mapping[str, int]:
    return {
        _tight(f"{ordinal}{week}"): number
        for ordinals, number in zip(_ORDINALS[language], _NUMBERS, strict=True)
        for ordinal in ordinals
        for week in _WEEK[language]
    }


def _month(text: str) -> int | None:
    name = _tight(text)
    return next((months(one)[name] for one in Language if name in months(one)), None)


def _tight(text: str) -> str:
    return normalised(text).replace(" ", "").rstrip(".")


def _numeric(first: int, second: int, year: int, text: str) -> date:
    if first <= 12 and second <= 12 and first != second:
        raise DateRefused(f"{text!r} may be two different days")
    day, month = (first, second) if second <= 12 else (second, first)
    return _day(year, month, day)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        if (month, day) == (2, 29):
            raise DateRefused(f"{year} has no 29 February") from error
        raise DateRefused(f"{year}-{month:02}-{day:02} is not in the calendar") from error
