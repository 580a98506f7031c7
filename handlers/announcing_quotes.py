"""Words from the survey that announcements quote: those whose author agreed, of groups of which
enough people answered that nobody can tell who said it."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from handlers.catalogue import Say
from handlers.text import shortened
from knowledge.article import Language
from rollout.enrolled import FEWEST_SHOWN
from rollout.messages import in_markdown
from rollout.plan import Plan
from rollout.survey import SurveyResponse
from storage.kinds import SURVEY_RESPONSE
from storage.port import Store

Quotes: TypeAlias = Mapping[str, SurveyResponse]
"""Response id to a response that may be quoted."""

LONGEST_QUOTE = 300
"""Characters: a quote supports a message of at most 1,200."""
READ_AT_MOST = 500
OFFERED = 50


async def quotes_of(ids: Iterable[str], store: Store) -> Quotes:
    """Those of the responses that may still be quoted: consent can be taken back."""
    found = [await store.get(SURVEY_RESPONSE, one) for one in ids]
    return {one.record.id: one.record for one in found if one and one.record.quotable}


async def quotable(store: Store, team: str, plan: Plan) -> list[SurveyResponse]:
    """What may be quoted, the newest first."""
    responses: list[SurveyResponse] = []
    for group in plan.groups:
        place = f"{team}/{group.id}"
        if await store.count(SURVEY_RESPONSE, "group", place) >= FEWEST_SHOWN:
            found = await store.find(SURVEY_RESPONSE, "words", place, limit=READ_AT_MOST)
            responses += [one.record for one in found if one.record.quotable]
    return sorted(responses, key=lambda one: one.at, reverse=True)[:OFFERED]


def quoted_words(response: SurveyResponse | None, plan: Plan, language: Language, say: Say) -> str:
    """The words with the group they come from, for Markdown; empty where nothing is quoted."""
    group = group_of(response, plan, language)
    if response is None or not group:
        return ""
    return in_markdown(say("announcement-quote", words=shown_words(response), group=group))


def group_of(response: SurveyResponse | None, plan: Plan, language: Language) -> str:
    """The name of the group it comes from; empty where nothing is quoted."""
    group = plan.group(response.group) if response else None
    return group.name(language) if group else ""


def shown_words(response: SurveyResponse) -> str:
    """The words as they are quoted, in one line."""
    return shortened(" ".join(response.words.split()), LONGEST_QUOTE)


def token_of(response: SurveyResponse) -> str:
    """What stands for a response in a form. Its id would name its author."""
    return hashlib.sha256(response.id.encode()).hexdigest()[:20]
