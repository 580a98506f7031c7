"""The survey: asked beneath the message after enrolling, answered in a form, changeable until it
closes; results for admins in counts."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from handlers.announcing_blocks import button, live_lines, option, plain, sections
from handlers.announcing_desk import REFUSALS, AnnouncingDesk, situation
from handlers.announcing_forms import closing_view
from handlers.announcing_message import Reader
from handlers.announcing_notes import tell, tell_with
from handlers.catalogue import Say
from handlers.commands import privately
from handlers.decision import Decision, OpenModal
from handlers.payloads import Commanded, Pressed, Submitted
from handlers.text import escaped, shortened
from handlers.ticket_words import received
from knowledge.article import Language
from rollout.announcement import NOT_OUT_YET, Announcement, State
from rollout.enrolled import FEWEST_SHOWN, enrolled_id
from rollout.errors import Refusal
from rollout.plan import Plan
from rollout.survey import (
    LONGEST_WORDS,
    SCORES,
    SurveyQuestion,
    SurveyResponse,
    SurveyResult,
    is_open,
    response_id,
)
from rollout.turns import groups_that_enroll
from storage.kinds import ANNOUNCEMENT, ENROLLED, SURVEY_RESPONSE
from storage.outbox import Content
from storage.port import Put, Store
from storage.records import NEW

SURVEY_FORM = "survey.answered"
NOT_NEEDED = "0"
"""Chosen by who needed no help: no score."""
CONSENT = "yes"
MODAL_TITLE = 24
MOST_COMMENTS = 5
READ_COMMENTS = 200
COMMENT_TEXT = 300


_ASKS: Mapping[SurveyQuestion, str] = {
    SurveyQuestion.EASE: "survey-ease",
    SurveyQuestion.MESSAGES: "survey-messages",
    SurveyQuestion.HELP: "survey-help",
}
_SCORES: Mapping[int, str] = {
    5: "survey-score-5",
    4: "survey-score-4",
    3: "survey-score-3",
    2: "survey-score-2",
    1: "survey-score-1",
}


# Answering ---------------------------------------------------------------------------------------


async def decide_survey(pressed: Pressed, desk: AnnouncingDesk, now: datetime) -> Decision:
    """Opens the form for somebody who has enrolled, with what they answered before."""
    first, _, rest = pressed.value.partition(" ")
    stored = await desk.store.get(ANNOUNCEMENT, rest or first)
    if stored is None or stored.record.team != pressed.team:
        return tell(pressed, desk.say("announcement-gone"), now)
    announcement = stored.record
    language = Language(first) if rest else _language_at(pressed.channel, announcement, desk)
    say = desk.say_in(language)
    if announcement.state in NOT_OUT_YET:
        return tell(pressed, say("announcement-is-preview"), now)
    if not _still_open(announcement, now):
        return tell(pressed, say("survey-closed"), now)
    if not await _has_enrolled(pressed.user, desk):
        return tell_with(pressed, _enroll_first(announcement, language, say), now)
    before = await desk.store.get(
        SURVEY_RESPONSE, response_id(desk.team, announcement.group, pressed.user)
    )
    view = _form(announcement, language, before.record if before else None, say)
    return Decision(modal=OpenModal(pressed.trigger_id, view))


async def decide_answered(submitted: Submitted, desk: AnnouncingDesk, now: datetime) -> Decision:
    """The answers are kept; sent in again they take the place of those before."""
    metadata = json.loads(submitted.metadata)
    language = Language(metadata["language"])
    say = desk.say_in(language)
    stored = await desk.store.get(ANNOUNCEMENT, metadata["id"])
    ours = stored is not None and stored.record.team == submitted.team
    if stored is None or not ours or not _still_open(stored.record, now):
        return _read(say("survey-closed"), say)
    if not await _has_enrolled(submitted.user, desk):
        return _read(say("survey-refused-not-enrolled"), say)
    group = stored.record.group
    record_id = response_id(desk.team, group, submitted.user)
    before = await desk.store.get(SURVEY_RESPONSE, record_id)
    values = submitted.values
    words = shortened(received(values.get("words", "")), LONGEST_WORDS)
    response = SurveyResponse(
        id=record_id,
        team=desk.team,
        user=submitted.user,
        group=group,
        announcement=stored.record.id,
        scores=_scores(values),
        language=language,
        at=now,
        words=words,
        quotable=bool(words) and values.get("quote") == CONSENT,
        changes=before.record.changes + 1 if before else 0,
    )
    decision = _read(say("survey-changed" if before else "survey-thanks"), say)
    put = Put(SURVEY_RESPONSE, response, before.version if before else NEW)
    return Decision(puts=(put,), reply=decision.reply)


async def _has_enrolled(user: str, desk: AnnouncingDesk) -> bool:
    return await desk.store.get(ENROLLED, enrolled_id(desk.team, user)) is not None


def _scores(values: Mapping[str, str]) -> dict[SurveyQuestion, int]:
    known = {str(score): score for score in SCORES}
    chosen = {question: values.get(question, "") for question in SurveyQuestion}
    return {question: known[one] for question, one in chosen.items() if one in known}


def _still_open(announcement: Announcement, now: datetime) -> bool:
    gone = announcement.state in (*NOT_OUT_YET, State.CANCELLED, State.RECALLED)
    return not gone and is_open(announcement.started_at or announcement.sends_at, now)


def _language_at(channel: str, announcement: Announcement, desk: AnnouncingDesk) -> Language:
    there = (one.language for one in announcement.audience if one.channel == channel)
    return next(there, desk.default_language)


def _enroll_first(announcement: Announcement, language: Language, say: Say) -> Content:
    text = say("survey-not-enrolled")
    value = f"{language} {announcement.id}"
    pressed = button(Reader.ENROLLED, say("button-i-have-enrolled"), value)
    return Content(text, (live_lines(text), {"type": "actions", "elements": [pressed]}))


def _read(text: str, say: Say) -> Decision:
    """What takes the form's place."""
    view = closing_view(say("survey-title"), [live_lines(text)], say)
    return Decision(reply={"response_action": "update", "view": view})


def _form(
    announcement: Announcement, language: Language, before: SurveyResponse | None, say: Say
) -> dict[str, Any]:
    lead = say("survey-again" if before else "survey-lead")
    return {
        "type": "modal",
        "callback_id": SURVEY_FORM,
        "title": plain(shortened(say("survey-title"), MODAL_TITLE)),
        "submit": plain(shortened(say("survey-submit"), MODAL_TITLE)),
        "close": plain(say("announcing-close")),
        "private_metadata": json.dumps({"id": announcement.id, "language": language}),
        "blocks": [
            live_lines(lead),
            *(_scale(question, before, say) for question in SurveyQuestion),
            _words(before, say),
            _consent(before, say),
        ],
    }


def _scale(question: SurveyQuestion, before: SurveyResponse | None, say: Say) -> dict[str, Any]:
    options = [option(say(key), str(score)) for score, key in _SCORES.items()]
    if question is SurveyQuestion.HELP:
        options.append(option(say("survey-score-none"), NOT_NEEDED))
    radio: dict[str, Any] = {"type": "radio_buttons", "action_id": question, "options": options}
    if before:
        value = str(before.scores.get(question, NOT_NEEDED))
        chosen = [one for one in options if one["value"] == value]
        radio |= {"initial_option": chosen[0]} if chosen else {}
    return {
        "type": "input",
        "block_id": str(question),
        "label": plain(say(_ASKS[question])),
        "element": radio,
    }


def _words(before: SurveyResponse | None, say: Say) -> dict[str, Any]:
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": "words",
        "multiline": True,
        "max_length": LONGEST_WORDS,
    }
    if before and before.words:
        element["initial_value"] = before.words
    label = plain(say("survey-words"))
    return {
        "type": "input",
        "block_id": "words",
        "label": label,
        "element": element,
        "optional": True,
    }


def _consent(before: SurveyResponse | None, say: Say) -> dict[str, Any]:
    chosen = option(say("survey-quote"), CONSENT)
    element: dict[str, Any] = {"type": "checkboxes", "action_id": "quote", "options": [chosen]}
    if before and before.quotable:
        element["initial_options"] = [chosen]
    return {
        "type": "input",
        "block_id": "quote",
        "label": plain(say("survey-quote-label")),
        "element": element,
        "optional": True,
    }


# Results -----------------------------------------------------------------------------------------


async def decide_results(commanded: Commanded, desk: AnnouncingDesk, now: datetime) -> Decision:
    """``/signpost survey``: averages and newest words of each group with at least five answers, for
    admins; nobody is named."""
    if not await desk.is_admin(commanded.user):
        text = desk.say(REFUSALS[Refusal.NOT_ADMIN])
    else:
        text = "\n".join(await _result_lines(desk))
    return Decision(outbox=(privately(commanded, Content(text, sections(text)), now),))


async def _result_lines(desk: AnnouncingDesk) -> list[str]:
    say = desk.say
    around = await situation(desk)
    lines = [say("survey-results")]
    results = await survey_results(desk.store, desk.team, desk.plan, desk.default_language)
    enrolling = {group.id for group in groups_that_enroll(desk.plan, around.schedule)}
    for result in results:
        if result.group not in enrolling:
            continue
        name = escaped(result.name)
        if not result.shown:
            lines.append(say("survey-too-few", group=name, fewest=FEWEST_SHOWN))
            continue
        lines.append(say("survey-result", group=name, count=result.responses, **_means(result)))
        lines += await _comments(result.group, desk)
    return lines


def _means(result: SurveyResult) -> dict[str, str]:
    return {str(question): _mean(result.average(question)) for question in SurveyQuestion}


def _mean(average: float | None) -> str:
    return "-" if average is None else f"{average:.1f}"


async def _comments(group: str, desk: AnnouncingDesk) -> list[str]:
    """The newest words, those that may be quoted marked so."""
    found = await desk.store.find(
        SURVEY_RESPONSE, "words", f"{desk.team}/{group}", limit=READ_COMMENTS
    )
    newest = sorted((one.record for one in found), key=lambda one: one.at, reverse=True)
    return [_comment(one, desk.say) for one in newest[:MOST_COMMENTS]]


def _comment(response: SurveyResponse, say: Say) -> str:
    words = escaped(shortened(" ".join(response.words.split()), COMMENT_TEXT))
    shown = say("survey-quotable", words=words) if response.quotable else words
    return f"• {shown}"


async def survey_results(
    store: Store, team: str, plan: Plan, language: Language
) -> list[SurveyResult]:
    """The results of every group of the plan, from counts alone."""
    return [
        SurveyResult(
            group=group.id,
            name=group.name(language),
            responses=await store.count(SURVEY_RESPONSE, "group", f"{team}/{group.id}"),
            counts={
                question: {
                    score: await store.count(
                        SURVEY_RESPONSE, str(question), f"{team}/{group.id}/{score}"
                    )
                    for score in SCORES
                }
                for question in SurveyQuestion
            },
            comments=await store.count(SURVEY_RESPONSE, "words", f"{team}/{group.id}"),
        )
        for group in plan.groups
    ]
