"""Moments and languages in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from handlers.catalogue import Say, long_date
from knowledge.article import Language


def date_token(at: datetime, language: Language, zone: str) -> str:
    """docs.slack.dev/messaging/formatting-message-text, "Date formatting"."""
    fallback = long_date(at.astimezone(ZoneInfo(zone)).date(), language)
    return f"<!date^{int(at.timestamp())}^{{date_long}}|{fallback}>"


def moment_token(at: datetime, language: Language, zone: str) -> str:
    """Day and hour; the fallback names its zone."""
    words = moment_words(at, language, zone)
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{words}>"


def moment_words(at: datetime, language: Language, zone: str) -> str:
    """Day, hour and time zone in plain words, for where a date token does not work."""
    local = at.astimezone(ZoneInfo(zone))
    locale = {Language.EN: "en_GB", Language.ZH_HANT: "zh_Hant"}.get(language, language.value)
    day: str = format_date(local.date(), "medium", locale=locale)
    return f"{day} {local:%H:%M} ({zone})"


def language_name(language: Language, say: Say) -> str:
    return say(f"in-{language}".lower())
