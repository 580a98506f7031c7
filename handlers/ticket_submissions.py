"""What a form about a ticket leads to. A refusal is shown in the form, which stays open."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from handlers.answers import best_article
from handlers.decision import Decision
from handlers.helpdesk_desk import Case, HelpdeskDesk, open_case
from handlers.lessons import proposed
from handlers.message_escalation import decide_message_form
from handlers.payloads import Submitted
from handlers.rich_text import as_plain_text
from handlers.text import shortened
from handlers.ticket_actions import Form, Input
from handlers.ticket_alike import link_typed
from handlers.ticket_cards import render_solution
from handlers.ticket_for_others import phoned, recorded
from handlers.ticket_forms import text_input
from handlers.ticket_lost import together
from handlers.ticket_opening import decide_ask
from handlers.ticket_readers import said_word
from handlers.ticket_refusals import beside_input
from handlers.ticket_sending import Outgoing, counted, reply_content, sending
from handlers.ticket_steps import changed
from handlers.ticket_words import received
from helpdesk import rules
from helpdesk.errors import HelpdeskRefused
from helpdesk.rules import LONGEST_TEXT, Change, Refusal, refused
from helpdesk.ticket import Findings, Ticket, about
from knowledge.article import Article

FormStep: TypeAlias = Callable[[Case, Submitted], Awaitable[Decision]]


async def decide_form(submitted: Submitted, desk: HelpdeskDesk, now: datetime) -> Decision:
    """What to do about a form that was sent in."""
    form = Form(submitted.callback)
    desk = await desk.at(submitted.team, now)
    try:
        if form is Form.ASK:
            return await decide_ask(submitted, desk, now)
        if form is Form.MESSAGE:
            return await decide_message_form(submitted, desk, now)
        case = await open_case(desk, submitted.metadata, submitted.user, submitted.team, now)
        return await STEPS[form](case, submitted)
    except HelpdeskRefused as no:
        return await beside_input(submitted, no, desk)


def typed(submitted: Submitted, name: Input) -> str:
    """What was entered: mentions inert, secrets masked."""
    return received(submitted.values.get(name, ""))


async def _reply(case: Case, submitted: Submitted) -> Decision:
    return reply_with(case, typed(submitted, Input.TEXT))


def reply_with(
    case: Case, text: str, channel: str = "", ts: str = "", files: tuple[str, ...] = ()
) -> Decision:
    """An agent's words on their way to the asker."""
    change = rules.reply(case.ticket, case.actor, text, case.now)
    say = case.desk.asking.say_in(case.ticket.language)
    content = reply_content(case.ticket, case.person.name, text, say)
    return _sent(case, change, Outgoing(text, content, channel, ts, files))


async def _article(case: Case, submitted: Submitted) -> Decision:
    article = _chosen(case, submitted)
    if article is None:
        raise refused(Refusal.EMPTY, case.ticket)
    text = article_text(article)
    change = rules.reply(case.ticket, case.actor, text, case.now)
    say = case.desk.asking.say_in(case.ticket.language)
    content = reply_content(case.ticket, case.person.name, text, say)
    return _sent(case, change, Outgoing(article.title, content))


def _sent(case: Case, change: Change, outgoing: Outgoing) -> Decision:
    ticket = counted(change.ticket)
    extra = sending(case, ticket, outgoing)
    return changed(case, replace(change, ticket=ticket), extra)


async def _escalate(case: Case, submitted: Submitted) -> Decision:
    findings = Findings(
        learned=typed(submitted, Input.LEARNED),
        device=typed(submitted, Input.DEVICE),
        build=typed(submitted, Input.BUILD),
        checked=typed(submitted, Input.CHECKED),
        happened_at=typed(submitted, Input.HAPPENED_AT),
    )
    return changed(case, rules.escalate(case.ticket, case.actor, findings, case.now))


async def _return(case: Case, submitted: Submitted) -> Decision:
    question = typed(submitted, Input.TEXT)
    return changed(case, rules.give_back(case.ticket, case.actor, question, case.now))


async def _resolve(case: Case, submitted: Submitted) -> Decision:
    cause, solution = typed(submitted, Input.ROOT_CAUSE), typed(submitted, Input.SOLUTION)
    return changed(case, rules.resolve(case.ticket, case.actor, cause, solution, case.now))


async def _deliver(case: Case, submitted: Submitted) -> Decision:
    """Brings the solution to the asker, and to everybody whose question is linked, in one commit:
    all of them or none. What was told on the phone is recorded instead."""
    text = _solution_in(case.ticket, case, submitted)
    key = solution_key(case.ticket)
    change = rules.deliver(case.ticket, case.actor, text, key, case.now)
    brought = [_brought(case, change, text, key)]
    for stored in case.linked:
        own = replace(case, stored=stored, linked=())
        text, key = _solution_in(own.ticket, case, submitted), solution_key(own.ticket)
        also = rules.deliver_with(own.ticket, change.ticket, case.actor, text, key, case.now)
        brought.append(_brought(own, also, text, key))
    return together(brought)


def solution_key(ticket: Ticket) -> str:
    """The outbox key of the next message that brings a solution; none to who called."""
    return "" if ticket.by_phone else f"{about(ticket)}:solution:{ticket.relayed + 1}"


def _solution_in(ticket: Ticket, case: Case, submitted: Submitted) -> str:
    """What the asker of ``ticket`` is to read: the article chosen, or what was typed for their
    language. A group that grew a language while the form was open is shown anew."""
    chosen = submitted.values.get(Input.ARTICLE, "")
    article = best_article(chosen, ticket.language, case.desk.library) if chosen else None
    if article:
        return article_text(article)
    name = text_input(ticket.language, case.ticket.language)
    if name not in submitted.values:
        raise refused(Refusal.GROUP_CHANGED, case.ticket)
    return received(submitted.values[name])


def _brought(case: Case, change: Change, text: str, key: str) -> Decision:
    if case.ticket.by_phone:
        return recorded(case, change, text)
    delivered = counted(change.ticket)
    showing = case.desk.showing(delivered.language)
    content = render_solution(delivered, delivered.delivered, showing)
    extra = sending(case, delivered, Outgoing(text, content), key)
    return changed(case, replace(change, ticket=delivered), extra)


async def _assign(case: Case, submitted: Submitted) -> Decision:
    colleague = await case.desk.actor(submitted.values.get(Input.COLLEAGUE, ""), case.ticket)
    return changed(case, rules.assign(case.ticket, case.actor, colleague, case.now))


async def _vendor(case: Case, submitted: Submitted) -> Decision:
    number = typed(submitted, Input.CASE)
    return changed(case, rules.hand_to_vendor(case.ticket, case.actor, number, case.now))


async def _teach(case: Case, submitted: Submitted) -> Decision:
    article, phrasing = _chosen(case, submitted), typed(submitted, Input.WORDS)
    if not case.actor.tiers:
        raise refused(Refusal.NOT_YOUR_TIER, case.ticket)
    if article is None or not phrasing:
        raise refused(Refusal.EMPTY, case.ticket)
    return proposed(case, article.id, phrasing)


def _chosen(case: Case, submitted: Submitted) -> Article | None:
    ticket: Ticket = case.ticket
    chosen = submitted.values.get(Input.ARTICLE, "")
    return best_article(chosen, ticket.language, case.desk.library) if chosen else None


def article_text(article: Article) -> str:
    """An article as words for the asker."""
    return shortened(f"{article.title}\n\n{as_plain_text(article.body)}", LONGEST_TEXT)


STEPS: Mapping[Form, FormStep] = {
    Form.REPLY: _reply,
    Form.ARTICLE: _article,
    Form.ESCALATE: _escalate,
    Form.RETURN: _return,
    Form.RESOLVE: _resolve,
    Form.DELIVER: _deliver,
    Form.ASSIGN: _assign,
    Form.VENDOR: _vendor,
    Form.TEACH: _teach,
    Form.WORD: said_word,
    Form.PHONED: phoned,
    Form.LINK: link_typed,
}
