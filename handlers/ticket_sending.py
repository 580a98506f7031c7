"""What reaches the asker because an agent sent it: the message, the note of it in the tier's
thread, and the link between the two."""

from dataclasses import dataclass, replace

from handlers.catalogue import Say
from handlers.helpdesk_desk import Case
from handlers.text import escaped
from handlers.ticket_effects import Extra, in_thread, landing_of, to_asker
from handlers.ticket_files import to_person
from handlers.ticket_words import WHOLE, live_lines, mention, said_with
from helpdesk.links import Direction, Link, link_id, text_hash
from helpdesk.ticket import Ticket, about
from helpdesk.timing import acting_tier
from storage.kinds import TICKET_LINK
from storage.outbox import Content
from storage.port import Put


@dataclass(frozen=True)
class Outgoing:
    """What an agent sends: the words as shown to the agents, the message as shown to the asker, and
    where the words were written (empty for a form), with the ids of their ``files``."""

    words: str
    content: Content
    channel: str = ""
    ts: str = ""
    files: tuple[str, ...] = ()


def reply_content(ticket: Ticket, name: str, text: str, say: Say) -> Content:
    """An agent's words as the asker reads them."""
    lead = say("ticket-reply-lead", name=escaped(name), number=str(ticket.number))
    return said_with(lead, text, WHOLE)


def counted(ticket: Ticket) -> Ticket:
    return replace(ticket, relayed=ticket.relayed + 1)


def sending(case: Case, ticket: Ticket, outgoing: Outgoing, message_key: str = "") -> Extra:
    """The message to the asker with all that belongs to it. ``ticket`` has its count raised
    already; ``message_key`` is the outbox key, made of the count where not given."""
    serial, now, name = ticket.relayed, case.now, about(ticket)
    key = message_key or f"{name}:reply:{serial}"
    note = f"{name}:sent:{serial}"
    lead = sent_lead("sending", ticket, case.actor.user, case.desk.say)
    tier = acting_tier(ticket) if ticket.card(acting_tier(ticket)) else ticket.tier
    link = Link(
        id=link_id(ticket.id, serial),
        team=ticket.team,
        ticket=ticket.id,
        direction=Direction.TO_ASKER,
        author=case.actor.user,
        visibility=str(ticket.visibility),
        at=now,
        copy=key,
        note=note,
        channel=outgoing.channel,
        ts=outgoing.ts,
        text_hash=text_hash(outgoing.words),
    )
    files = to_person(ticket, case.actor.user, outgoing.files, case.desk, now)
    return Extra(
        puts=(Put(TICKET_LINK, link),),
        outbox=(
            to_asker(ticket, key, outgoing.content, now),
            *in_thread(ticket, tier, note, said_with(lead, outgoing.words), now),
            *files.outbox,
        ),
        due=(landing_of(ticket, key, "reply", now), *files.due),
    )


def sent_lead(how: str, ticket: Ticket, author: str, say: Say) -> str:
    """How it stands with a message to the asker; a sender who does not hold the ticket is named as
    such, and the claim stays where it is."""
    lead = say(f"ticket-sent-{how}", who=mention(author), asker=mention(ticket.asker))
    if ticket.holder and ticket.holder != author:
        return f"{lead} {say('ticket-sent-not-holder', holder=mention(ticket.holder))}"
    return lead


def note_anew(content: Content, lead: str) -> Content:
    """A note with another first line."""
    _, _, words = content.text.partition("\n")
    text = f"{lead}\n{words}" if words else lead
    return Content(text, (live_lines(lead), *content.blocks[1:]))
