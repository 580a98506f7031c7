"""A plan played through without Slack: what is posted where and when, in which words."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from knowledge.article import Language
from rollout.checking import LONGEST, Circumstances, Flaw, check_draft
from rollout.exporting import counted
from rollout.messages import Message, filled, template, with_dates
from rollout.plan import Plan
from rollout.schedule import Planned, Schedule, schedule
from rollout.values import Company, values_for
from rollout.words import BABEL

_MENDS: Mapping[Flaw, str] = {
    Flaw.NO_SPONSOR: "the first message of a group comes from a sponsor; name one in the plan",
    Flaw.TOO_LONG: f"{{detail}} characters are too many; at most {LONGEST:,} are read",
    Flaw.NO_ACTION: "it says nothing to do; name the one thing",
    Flaw.SEVERAL_ACTIONS: "it asks for several things; keep the one that matters",
    Flaw.NO_HELP: "it does not say where help is",
    Flaw.NO_TITLE: "it has no title",
    Flaw.BLANK: "{detail} is still to be filled in",
    Flaw.EVERYONE: "it mentions everyone; in Slack an admin must confirm that",
    Flaw.LANGUAGE_MISSING: "the words in the language of the group are missing",
    Flaw.NO_AUDIENCE: "the group has no channel yet; give it one in the plan",
}


_DATES: Mapping[Language, str] = {**BABEL, Language.EN: "en_GB"}
"""As in the channels: 20 July, not July 20."""


def rehearsal(plan: Plan, company: Company) -> str:
    """Every announcement in the order of time: when, in which channels, in whose name, and its
    words in the language of its group, with what the check says. Raises ``TemplateInvalid``."""
    result = schedule(plan)
    told: set[str] = set()
    lines: list[str] = []
    for one in result.announcements:
        lines += _played(one, plan, result, company, one.group.id not in told)
        told.add(one.group.id)
    posts = sum(len(one.group.channels) for one in result.announcements)
    count = counted(len(result.announcements), "announcement")
    return "\n".join([*lines, f"{count}, {counted(posts, 'message')} in channels", ""])


def _played(
    one: Planned, plan: Plan, result: Schedule, company: Company, first: bool
) -> Iterator[str]:
    language = one.group.language
    message = shown(one, language, plan, result, company)
    at = one.at.astimezone(ZoneInfo(plan.settings.timezone))
    channels = ", ".join(one.group.channels) or "no channel yet"
    yield f"{at:%Y-%m-%d %H:%M} {one.id} in {channels}, by {plan.sponsor.name or 'nobody named'}"
    yield from (f"    {line}" for part in message.parts for line in part.split("\n"))
    circumstances = Circumstances(
        plan.sponsor.name, first, len(one.group.channels), frozenset({language})
    )
    for flaw in check_draft({language: message}, circumstances):
        yield f"    to mend: {_MENDS[flaw.flaw].format(detail=flaw.detail)}"
    yield ""


def shown(
    one: Planned, language: Language, plan: Plan, result: Schedule, company: Company
) -> Message:
    """The message of a planned announcement in plain words, dates written out."""
    zone = ZoneInfo(plan.settings.timezone)

    def written(at: datetime) -> str:
        return format_date(at.astimezone(zone), format="long", locale=_DATES[language])

    values = values_for(one.group, one.at, language, plan, result, company)
    message = filled(template(one.template, language), values)
    return message.each(lambda part: with_dates(part, written))
