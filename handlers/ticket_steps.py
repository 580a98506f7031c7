"""What a press on a ticket's messages leads to: a change, or the form that asks for more."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from handlers import ticket_forms as forms
from handlers.answers import best_article
from handlers.decision import Decision, OpenModal
from handlers.drafts import ask_draft
from handlers.helpdesk_desk import Case, HelpdeskDesk, open_case
from handlers.payloads import Pressed
from handlers.ticket_actions import More, Press
from handlers.ticket_effects import Extra, carried
from handlers.ticket_for_others import ask_phoned
from handlers.ticket_readers import ask_word, me_too
from handlers.ticket_refusals import whispered
from helpdesk import rules
from helpdesk.errors import HelpdeskRefused
from helpdesk.rules import Actor, Change, Refusal, refused
from helpdesk.ticket import Findings, Ticket
from helpdesk.timing import acting_tier
from knowledge.article import Article, Audience
from knowledge.language import detect_language
from knowledge.matching import Query

SNOOZED_FOR = timedelta(hours=4)
"""Working time."""

PressStep: TypeAlias = Callable[[Case, Pressed], Decision]

TRYING = Findings("-")


async def decide_press(pressed: Pressed, desk: HelpdeskDesk, now: datetime) -> Decision:
    """What to do about a press; the person and the ticket are looked up anew, whatever the screen
    showed."""
    verb, ticket_id = _parsed(pressed)
    desk = await desk.at(pressed.team, now)
    try:
        step = STEPS.get(verb)
        if step is None:
            raise refused(Refusal.UNKNOWN)
        case = await open_case(desk, ticket_id, pressed.user, pressed.team, now)
        _from_its_place(case, pressed, verb)
        return step(case, pressed)
    except HelpdeskRefused as no:
        return await whispered(pressed, no, desk, now)


def _parsed(pressed: Pressed) -> tuple[str, str]:
    if pressed.action == Press.MORE:
        verb, _, ticket_id = pressed.value.partition(" ")
        return verb, ticket_id
    if pressed.action.startswith(f"{Press.RATE}."):
        return Press.RATE, pressed.value
    return pressed.action, pressed.value


def _from_its_place(case: Case, pressed: Pressed, verb: str) -> None:
    """A card forwarded to another channel has no power there."""
    if verb in OF_ASKER and not _speaks_for_caller(case):
        return
    channels = {card.channel for card in case.ticket.cards}
    if pressed.channel not in channels | case.desk.card_channels:
        raise refused(Refusal.NOT_FROM_HERE, case.ticket)


def _speaks_for_caller(case: Case) -> bool:
    """Whether an agent presses for somebody who called."""
    return case.ticket.by_phone and case.actor.user != case.ticket.asker


def changed(case: Case, change: Change, extra: Extra | None = None) -> Decision:
    """The commit of a change of the case's ticket."""
    return carried(case.ticket, case.stored.version, change, case.desk, case.now, extra)


def _claim(case: Case, pressed: Pressed) -> Decision:
    return changed(case, rules.claim(case.ticket, case.actor, case.now))


def _release(case: Case, pressed: Pressed) -> Decision:
    return changed(case, rules.release(case.ticket, case.actor, case.now))


def _take_over(case: Case, pressed: Pressed) -> Decision:
    return changed(case, rules.take_over(case.ticket, case.actor, case.now))


def _vendor_answered(case: Case, pressed: Pressed) -> Decision:
    return changed(case, rules.vendor_answered(case.ticket, case.actor, case.now))


def _unlink(case: Case, pressed: Pressed) -> Decision:
    return changed(case, rules.unlink(case.ticket, case.actor, case.now))


def _snooze(case: Case, pressed: Pressed) -> Decision:
    hours = case.desk.settings.tier(acting_tier(case.ticket)).hours
    until = hours.after(case.now, SNOOZED_FOR)
    return changed(case, rules.snooze(case.ticket, case.actor, until, case.now))


def _solved(case: Case, pressed: Pressed) -> Decision:
    if _speaks_for_caller(case):
        return changed(case, rules.confirm_by_phone(case.ticket, case.actor, case.now))
    return changed(case, rules.confirm(case.ticket, pressed.user, case.now))


def _not_solved(case: Case, pressed: Pressed) -> Decision:
    if _speaks_for_caller(case):
        return changed(case, rules.reject_by_phone(case.ticket, case.actor, case.now))
    return changed(case, rules.reject(case.ticket, pressed.user, case.now))


def _withdraw(case: Case, pressed: Pressed) -> Decision:
    return changed(case, rules.withdraw(case.ticket, pressed.user, case.now))


def _reopen(case: Case, pressed: Pressed) -> Decision:
    return changed(case, rules.reopen(case.ticket, pressed.user, case.now))


def _rate(case: Case, pressed: Pressed) -> Decision:
    rating = pressed.action.removeprefix(f"{Press.RATE}.")
    return changed(case, rules.rate(case.ticket, pressed.user, rating, case.now))


def _ask_reply(case: Case, pressed: Pressed) -> Decision:
    rules.reply(case.ticket, case.actor, "-", case.now)
    return _opens(pressed, forms.reply_form(case.ticket, case.desk.say))


def _ask_article(case: Case, pressed: Pressed) -> Decision:
    rules.reply(case.ticket, case.actor, "-", case.now)
    articles = fitting_articles(case.ticket, case.desk)
    if not articles:
        raise refused(Refusal.EMPTY, case.ticket)
    return _opens(pressed, forms.article_form(case.ticket, articles, case.desk.say))


def _ask_findings(case: Case, pressed: Pressed) -> Decision:
    rules.escalate(case.ticket, case.actor, TRYING, case.now)
    return _opens(pressed, forms.escalate_form(case.ticket, case.desk.say))


def _ask_question(case: Case, pressed: Pressed) -> Decision:
    rules.give_back(case.ticket, case.actor, "-", case.now)
    return _opens(pressed, forms.return_form(case.ticket, case.desk.say))


def _ask_solution(case: Case, pressed: Pressed) -> Decision:
    rules.resolve(case.ticket, case.actor, "-", "-", case.now)
    return _opens(pressed, forms.resolve_form(case.ticket, case.desk.say))


def _ask_delivery(case: Case, pressed: Pressed) -> Decision:
    rules.deliver(case.ticket, case.actor, "-", "", case.now)
    articles = fitting_articles(case.ticket, case.desk)
    if case.linked:
        linked = [one.record for one in case.linked]
        return _opens(pressed, forms.deliver_all_form(case.ticket, linked, articles, case.desk.say))
    mismatch = in_another_language(case.ticket)
    return _opens(pressed, forms.deliver_form(case.ticket, articles, mismatch, case.desk.say))


def _ask_colleague(case: Case, pressed: Pressed) -> Decision:
    rules.assign(case.ticket, case.actor, _anybody(case), case.now)
    return _opens(pressed, forms.assign_form(case.ticket, case.desk.say))


def _ask_case(case: Case, pressed: Pressed) -> Decision:
    rules.hand_to_vendor(case.ticket, case.actor, "-", case.now)
    return _opens(pressed, forms.vendor_form(case.ticket, case.desk.say))


def _ask_number(case: Case, pressed: Pressed) -> Decision:
    rules.may_link(case.ticket, case.actor)
    return _opens(pressed, forms.link_form(case.ticket, case.desk.say))


def _ask_lesson(case: Case, pressed: Pressed) -> Decision:
    if not case.actor.tiers:
        raise refused(Refusal.NOT_YOUR_TIER, case.ticket)
    articles = all_articles(case.ticket, case.desk)
    return _opens(pressed, forms.teach_form(case.ticket, articles, case.desk.say))


def all_articles(ticket: Ticket, desk: HelpdeskDesk) -> list[Article]:
    """Every article that people may read, the fitting ones first."""
    first = fitting_articles(ticket, desk)
    rest = [best_article(one, ticket.language, desk.library) for one in desk.library.ids]
    public = [one for one in rest if one and one.audience is Audience.EVERYONE]
    return [*first, *(one for one in public if one not in first)]


def _anybody(case: Case) -> Actor:
    """Stands for the colleague still to be chosen, to see whether choosing makes sense."""
    return Actor("", frozenset({1, 2, 3}))


def _opens(pressed: Pressed, view: forms.View) -> Decision:
    return Decision(modal=OpenModal(pressed.trigger_id, view))


def fitting_articles(ticket: Ticket, desk: HelpdeskDesk) -> list[Article]:
    """The articles that fit the ticket's words, best first, in the asker's language where it has
    them; those that the asker refused come last."""
    match = desk.asking.knowledge.current.matcher.match(Query(ticket.words, (ticket.language,)))
    ids = dict.fromkeys([one.article_id for one in match.candidates] + list(ticket.offered))
    last = [one for one in ids if one in ticket.rejected]
    ordered = [one for one in ids if one not in ticket.rejected] + last
    found = [best_article(one, ticket.language, desk.library) for one in ordered]
    return [article for article in found if article]


def in_another_language(ticket: Ticket) -> bool:
    """Whether the solution is surely not in the asker's language."""
    written = detect_language(ticket.solution).language
    return written is not None and written is not ticket.language


STEPS: Mapping[str, PressStep] = {
    Press.CLAIM: _claim,
    Press.REPLY: _ask_reply,
    Press.ESCALATE: _ask_findings,
    Press.RETURN: _ask_question,
    Press.RESOLVE: _ask_solution,
    Press.DELIVER: _ask_delivery,
    Press.VENDOR_ANSWERED: _vendor_answered,
    Press.UNLINK: _unlink,
    Press.SNOOZE: _snooze,
    Press.SOLVED: _solved,
    Press.NOT_SOLVED: _not_solved,
    Press.WITHDRAW: _withdraw,
    Press.REOPEN: _reopen,
    Press.RATE: _rate,
    Press.WORD: ask_word,
    Press.ME_TOO: me_too,
    More.ARTICLE: _ask_article,
    More.RELEASE: _release,
    More.ASSIGN: _ask_colleague,
    More.TAKE_OVER: _take_over,
    More.RETURN: _ask_question,
    More.VENDOR: _ask_case,
    More.TEACH: _ask_lesson,
    More.DRAFT: ask_draft,
    More.PHONED: ask_phoned,
    More.LINK: _ask_number,
}
OF_ASKER = frozenset(
    {
        Press.SOLVED,
        Press.NOT_SOLVED,
        Press.WITHDRAW,
        Press.REOPEN,
        Press.RATE,
        Press.WORD,
        Press.ME_TOO,
    }
)
"""Presses on what is sent to the asker, wherever that stands."""
