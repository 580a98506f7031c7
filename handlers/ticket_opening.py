"""A question becomes a ticket."""

from dataclasses import replace
from datetime import datetime

from handlers.answering import answer_key, group_of
from handlers.answers import render_answer
from handlers.decision import Decision
from handlers.helpdesk_desk import HelpdeskDesk
from handlers.payloads import Submitted
from handlers.ticket_actions import Input
from handlers.ticket_effects import Extra
from handlers.ticket_files import opening_with
from handlers.ticket_forms import IN_CHANNELS, OTHER_PLATFORM
from handlers.ticket_refusals import form_error
from handlers.ticket_words import received
from helpdesk.rules import Refusal, opened, refused
from helpdesk.ticket import Counter, Ticket, Visibility, ticket_id
from knowledge.extraction import extract
from knowledge.question import AskingRefused, Question, ask_helpdesk
from storage.kinds import QUESTION, TICKET_COUNTER
from storage.outbox import Edit, ItemMessage, OutboxItem
from storage.port import Put
from storage.records import NEW


async def decide_ask(submitted: Submitted, desk: HelpdeskDesk, now: datetime) -> Decision:
    """The asker's form: question, counter and ticket change in one commit, so that a question makes
    one ticket however often it is sent in. Raises ``HelpdeskRefused``."""
    stored = await desk.store.get(QUESTION, submitted.metadata)
    if stored is None or stored.record.team != submitted.team:
        raise refused(Refusal.UNKNOWN)
    question = stored.record
    try:
        asked = ask_helpdesk(question, submitted.user, now)
    except AskingRefused as no:
        say = desk.asking.say_in(question.spoken)
        return form_error(Input.WORDS, say(f"refusal-{no.refusal}"))
    words = received(submitted.values.get(Input.WORDS, ""))
    if not words.strip():
        raise refused(Refusal.EMPTY)
    number, counter = await next_number(submitted.team, desk)
    wave = await desk.asking.wave_of(question.asker, now)
    ticket = replace(_ticket(question, submitted, words, number, now), wave=wave)
    change = opened(ticket, submitted.user, now)
    shown = answer_anew(asked, stored.version + 1, desk, now)
    put = Put(QUESTION, asked, stored.version)
    extra = Extra(puts=(put, counter), outbox=(shown,))
    return opening_with(question.files, change, desk, now, extra)


def answer_anew(question: Question, version: int, desk: HelpdeskDesk, now: datetime) -> OutboxItem:
    """The answer beneath which the helpdesk was asked for, saying so."""
    say = desk.asking.say_in(question.spoken)
    answer = answer_key(question)
    return OutboxItem(
        key=f"{answer}:v{version}",
        team=question.team,
        order_group=group_of(question),
        call=Edit(ItemMessage(answer), render_answer(question, desk.library, say)),
        due_at=now,
        about=f"question:{question.id}",
    )


async def next_number(team: str, desk: HelpdeskDesk) -> tuple[int, Put]:
    """The next number, and the write that takes it; two who take the same meet as a conflict, and
    one decides again."""
    stored = await desk.store.get(TICKET_COUNTER, team)
    number = stored.record.number + 1 if stored else 1
    put = Put(TICKET_COUNTER, Counter(team, team, number), stored.version if stored else NEW)
    return number, put


def _ticket(
    question: Question, submitted: Submitted, words: str, number: int, now: datetime
) -> Ticket:
    tried = received(submitted.values.get(Input.TRIED, ""))
    found = extract(f"{words}\n{tried}\n{question.text}")
    platform = submitted.values.get(Input.PLATFORM, "")
    return Ticket(
        id=ticket_id(question.team, number),
        team=question.team,
        number=number,
        asker=question.asker,
        language=question.spoken,
        channel=question.channel,
        thread_ts=question.thread_ts or question.ts,
        visibility=_visibility(question, submitted),
        words=words,
        opened_at=now,
        changed_at=now,
        waiting_since=now,
        question=question.id,
        platform="" if platform == OTHER_PLATFORM else platform,
        version=found.os_version or "",
        error_codes=found.error_codes,
        offered=tuple(one for one in (question.shown, *question.suggested) if one),
        rejected=question.rejected,
        tried=tried,
        opened_by=submitted.user,
    )


def _visibility(question: Question, submitted: Submitted) -> Visibility:
    """In private unless the asker chose the thread; a direct message is private anyhow."""
    chosen = submitted.values.get(Input.VISIBILITY) == Visibility.THREAD
    return Visibility.THREAD if chosen and question.place in IN_CHANNELS else Visibility.PRIVATE
