"""What the fields of a message are filled with: the plan's values and the company's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from knowledge.article import Language
from rollout.errors import TemplateInvalid
from rollout.messages import QUOTE, Message, Value, fields_of
from rollout.plan import Group, Phase, Plan
from rollout.schedule import Schedule, enrolls, starts_at

_COMPANY = MappingProxyType(
    {
        Language.EN: "our company",
        Language.NL: "ons bedrijf",
        Language.SV: "vårt företag",
        Language.ZH_HANT: "公司",
    }
)
_EVERYONE = MappingProxyType(
    {
        Language.EN: "everyone",
        Language.NL: "iedereen",
        Language.SV: "alla",
        Language.ZH_HANT: "所有人",
    }
)
_OPEN_DATE = MappingProxyType(
    {
        Language.EN: "a date still to be announced",
        Language.NL: "een nog bekend te maken datum",
        Language.SV: "ett datum som meddelas senare",
        Language.ZH_HANT: "另行通知的日期",
    }
)
"""What stands in the place of a date that holds no longer."""
PLAN_FIELDS = (
    "group",
    "date",
    "start_date",
    "first_start",
    "sponsor",
    "sponsor_title",
    "people",
    "target",
    QUOTE,
)


@dataclass(frozen=True)
class Company:
    """The company's own values: name to one text, or to a text per language."""

    values: Mapping[str, Any]

    @classmethod
    def load(cls, path: Path | None) -> Company:
        """The values of ``company.yaml``; none without a file. Raises ``TemplateInvalid``."""
        if path is None:
            return cls({})
        try:
            values = yaml.safe_load(path.read_text("utf-8"))
        except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
            raise TemplateInvalid(f"{path} cannot be read as YAML.") from error
        return cls(values if isinstance(values, dict) else {})

    def value(self, name: str, language: Language) -> str:
        """The value in the language, else in English, else empty."""
        value = self.values.get(name)
        if isinstance(value, dict):
            value = value.get(language.value) or value.get(Language.EN.value)
        return str(value) if value is not None else ""


def values_for(
    group: Group | None,
    at: datetime,
    language: Language,
    plan: Plan,
    result: Schedule,
    company: Company,
) -> Mapping[str, Value]:
    """Every field for a message to ``group`` (``None``: to everyone) at the moment ``at``. Fields
    whose value is not known are empty."""
    values: dict[str, Value] = {
        name: company.value(name, language) for name in company.values if isinstance(name, str)
    }
    values["company_name"] = values.get("company_name") or _COMPANY[language]
    open_date = _OPEN_DATE[language]
    start: Value = ""
    if group and enrolls(group, result):
        start = starts_at(group, plan, result) or open_date
    anybody = any(one.phase is Phase.ENROLLMENT for one in result.announcements)
    values |= {
        "group": group.name(language) if group else _EVERYONE[language],
        "date": at,
        "start_date": start,
        "first_start": first_start(result) or (open_date if anybody else ""),
        "sponsor": plan.sponsor.name,
        "sponsor_title": plan.sponsor.title,
        "people": str(group.people) if group and group.people else "",
        "target": f"{round(group.target * 100)} %" if group and group.target else "",
        QUOTE: "",
    }
    return values


def first_start(result: Schedule) -> datetime | None:
    """When the first group enrolls."""
    enrollments = (one.at for one in result.standing if one.phase is Phase.ENROLLMENT)
    return min(enrollments, default=None)


def unknown_fields(message: Message, company: Company) -> tuple[str, ...]:
    """The fields of a message that neither the plan nor the company file has."""
    known = {*PLAN_FIELDS, "company_name", *company.values}
    return tuple(sorted(fields_of(message) - known))
