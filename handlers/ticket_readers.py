"""What askers and others who read a ticket's messages press beside "Solved": "Me too", and a word
on the help."""

from handlers.decision import Decision, OpenModal
from handlers.helpdesk_desk import Case
from handlers.payloads import Pressed, Submitted
from handlers.ticket_actions import Input
from handlers.ticket_effects import Extra, carried
from handlers.ticket_forms import word_form
from handlers.ticket_words import received
from helpdesk import following
from helpdesk.rules import Refusal, refused
from knowledge.article import Language
from storage.outbox import Content, OutboxItem, Whisper


def me_too(case: Case, pressed: Pressed) -> Decision:
    """Who has the same problem is named on the card and told when it is solved."""
    ticket = case.ticket
    language = Language.from_tag(case.person.locale) if case.person.locale else None
    spoken = language or ticket.language
    change = following.follow(ticket, pressed.user, spoken, case.now)
    text = case.desk.asking.say_in(spoken)(
        "ticket-follow-own" if pressed.user == ticket.asker else "ticket-follow-noted",
        number=str(ticket.number),
    )
    note = Whisper(pressed.channel, pressed.user, Content(text), pressed.thread_ts)
    told = OutboxItem(
        key=f"note:{pressed.key}",
        team=ticket.team,
        order_group=f"note/{pressed.user}",
        call=note,
        due_at=case.now,
    )
    return carried(ticket, case.stored.version, change, case.desk, case.now, Extra(outbox=(told,)))


def ask_word(case: Case, pressed: Pressed) -> Decision:
    """The form for a word on the help."""
    if pressed.user != case.ticket.asker:
        raise refused(Refusal.NOT_THE_ASKER, case.ticket)
    say = case.desk.asking.say_in(case.ticket.language)
    return Decision(modal=OpenModal(pressed.trigger_id, word_form(case.ticket, say)))


async def said_word(case: Case, submitted: Submitted) -> Decision:
    """The asker's word is kept; the helpdesk sees counts only."""
    word = received(submitted.values.get(Input.TEXT, ""))
    change = following.say_word(case.ticket, submitted.user, word, case.now)
    return carried(case.ticket, case.stored.version, change, case.desk, case.now)
