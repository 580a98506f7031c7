"""A ticket shown: the card of each tier, the asker's status message, the solution. Rendered from
state alone, so that showing one again is harmless."""

from collections.abc import Iterator
from dataclasses import dataclass

from handlers.answers import best_article
from handlers.catalogue import Say
from handlers.text import escaped, shortened
from handlers.ticket_actions import More, Press
from handlers.ticket_words import (
    actions,
    button,
    context,
    live_lines,
    mention,
    moment,
    option,
    paragraph,
    quoted,
    tier_name,
)
from helpdesk.following import followers
from helpdesk.rules import RATINGS
from helpdesk.ticket import FIRST_TIER, LAST_TIER, Failed, Finding, State, Ticket, Visibility
from helpdesk.timing import HelpdeskSettings, acting_tier, expected_by
from knowledge.article import Library
from storage.outbox import Block, Content

FINDINGS_SHOWN = 4
FINDING_TEXT = 700
FAILED_SHOWN = 2
TRIED_TEXT = 500
SOLUTION_TEXT = 1_200
OTHERS_SHOWN = 8


@dataclass(frozen=True)
class Showing:
    """What rendering needs beside the ticket."""

    say: Say
    library: Library
    settings: HelpdeskSettings
    link: str = ""
    """The address of the bridge's meeting."""


def render_card(ticket: Ticket, tier: int, showing: Showing) -> Content:
    """The card of one tier. Only the tier that has to act gets buttons; the others read where the
    ticket is."""
    say = showing.say
    head = f"{ticket.name} · {_where(ticket, tier, say)}"
    asks = say("ticket-card-asks", asker=mention(ticket.asker))
    facts = "\n".join(_facts(ticket, showing))
    lower = [line for one in ticket.findings[-FINDINGS_SHOWN:] for line in _finding(one, say)]
    text = "\n".join([head, asks, escaped(shortened(ticket.words, 1_000)), facts])
    return Content(
        text=shortened(text, 3_900),
        blocks=(
            live_lines(head),
            live_lines(asks),
            quoted(ticket.words),
            live_lines(facts),
            *(live_lines(line) for line in lower),
            *(live_lines(_failed(one, say)) for one in ticket.failed[-FAILED_SHOWN:]),
            *_solution(ticket, say),
            *_buttons(ticket, tier, say),
        ),
    )


def render_status(ticket: Ticket, showing: Showing) -> Content:
    """The asker's one status message, in the asker's language."""
    say = showing.say
    with_whom = mention(ticket.holder) if ticket.holder else tier_name(acting_tier(ticket), say)
    lines = [
        f"{ticket.name} · {say(f'ticket-status-{_standing(ticket)}', who=with_whom)}",
        *_expected(ticket, showing),
        *([say("ticket-status-answer-here")] if ticket.open else []),
    ]
    text = "\n".join(lines)
    words = shortened(ticket.words, 300)
    return Content(
        text=f"{text}\n{escaped(words)}",
        blocks=(live_lines(text), quoted(words), *_status_buttons(ticket, say)),
    )


def render_solution(ticket: Ticket, text: str, showing: Showing) -> Content:
    """The solution as brought to the asker; what can be pressed follows the ticket's state."""
    say = showing.say
    lead = say("ticket-solution-lead", number=str(ticket.number))
    ending = _solution_ending(ticket, say)
    notes = [ending] if ending else []
    return Content(
        text="\n".join([lead, escaped(text), *notes]),
        blocks=(
            live_lines(lead),
            paragraph(text),
            *(live_lines(note) for note in notes),
            *_solution_buttons(ticket, say),
        ),
    )


def _where(ticket: Ticket, tier: int, say: Say) -> str:
    since = moment(ticket.held_since or ticket.changed_at)
    holder = mention(ticket.holder or ticket.last_holder(FIRST_TIER) or ticket.asker)
    here = ticket.tier == tier or not ticket.open
    key = f"ticket-card-{ticket.state}" if here or _resolved(ticket) else "ticket-card-elsewhere"
    return say(
        key,
        tier=tier_name(ticket.tier, say),
        holder=holder,
        since=since,
        case=escaped(ticket.vendor_case),
        resolver=mention(ticket.resolved_by or ticket.asker),
        main=str(ticket.main_number),
        state=say(f"ticket-state-{ticket.state}"),
    )


def _resolved(ticket: Ticket) -> bool:
    return ticket.state in (State.RESOLVED, State.DELIVERED)


def _facts(ticket: Ticket, showing: Showing) -> Iterator[str]:
    say = showing.say
    device = " ".join(one for one in (ticket.platform, ticket.version) if one)
    codes = ", ".join(ticket.error_codes)
    language = say(f"in-{ticket.language}".lower())
    visibility = say(f"ticket-visibility-{ticket.visibility}")
    yield say("ticket-card-language", language=language, visibility=visibility)
    if device or codes:
        yield say("ticket-card-device", device=escaped(device or "?"), codes=codes or "-")
    if ticket.linked:
        numbers = ", ".join(f"#{number}" for number in ticket.linked)
        yield say("ticket-card-with", numbers=numbers)
    if ticket.others:
        yield _others(ticket, say)
    if ticket.wave:
        yield say("ticket-card-wave", wave=escaped(ticket.wave))
    if ticket.tried:
        tried = escaped(shortened(ticket.tried, TRIED_TEXT))
        yield say("ticket-card-tried", tried=tried)
    yield escaped(_offered(ticket, showing))
    if showing.link:
        yield say("bridge-link", link=escaped(showing.link))
    if ticket.by_phone:
        yield say("ticket-card-by-phone", who=mention(ticket.opened_by))


def _others(ticket: Ticket, say: Say) -> str:
    """Who else spoke up, and how many want to be told."""
    mentions = ", ".join(mention(one.user) for one in ticket.others[:OTHERS_SHOWN])
    more = len(ticket.others) - OTHERS_SHOWN
    who = f"{mentions} +{more}" if more > 0 else mentions
    return say("ticket-card-others", who=who, count=len(followers(ticket)))


def _offered(ticket: Ticket, showing: Showing) -> str:
    ids = dict.fromkeys([*ticket.rejected, *ticket.offered])
    articles = [best_article(one, ticket.language, showing.library) for one in ids]
    titles = [article.title for article in articles if article]
    if not titles:
        return showing.say("helpdesk-card-nothing-offered")
    return showing.say("helpdesk-card-offered", titles=" · ".join(titles))


def _finding(found: Finding, say: Say) -> Iterator[str]:
    findings = found.findings
    details = [
        say("ticket-finding-device", value=escaped(findings.device)) if findings.device else "",
        say("ticket-finding-build", value=escaped(findings.build)) if findings.build else "",
        say("ticket-finding-checked", value=escaped(findings.checked)) if findings.checked else "",
        say("ticket-finding-time", value=escaped(findings.happened_at))
        if findings.happened_at
        else "",
    ]
    lead = say("ticket-card-found", tier=tier_name(found.tier, say), who=mention(found.author))
    learned = escaped(shortened(findings.learned, FINDING_TEXT))
    yield "\n".join([lead, learned, *(shortened(one, FINDING_TEXT) for one in details if one)])


def _failed(failed: Failed, say: Say) -> str:
    cause = escaped(shortened(failed.root_cause, FINDING_TEXT))
    solution = escaped(shortened(failed.solution, FINDING_TEXT))
    lead = say("ticket-card-failed", tier=tier_name(failed.tier, say), who=mention(failed.author))
    cause_line = f"{say('ticket-root-cause')} {cause}"
    return "\n".join([lead, cause_line, f"{say('ticket-solution')} {solution}"])


def _solution(ticket: Ticket, say: Say) -> Iterator[Block]:
    if ticket.solution and ticket.state in (State.RESOLVED, State.DELIVERED, State.CLOSED):
        yield live_lines(say("ticket-root-cause"))
        yield quoted(ticket.root_cause, SOLUTION_TEXT)
        yield live_lines(say("ticket-solution"))
        yield quoted(ticket.solution, SOLUTION_TEXT)


def _buttons(ticket: Ticket, tier: int, say: Say) -> Iterator[Block]:
    here = ticket.resolved_tier or acting_tier(ticket)
    if tier != (acting_tier(ticket) if ticket.open else here):
        return
    shown = [_button(press, ticket, say) for press in _presses(ticket)]
    if more := _more(ticket):
        options = [option(say(f"ticket-more-{one}"), f"{one} {ticket.id}") for one in more]
        shown.append({"type": "overflow", "action_id": str(Press.MORE), "options": options})
    if shown:
        yield actions(*shown)


def _presses(ticket: Ticket) -> tuple[Press, ...]:
    match ticket.state:
        case State.WAITING:
            return (Press.CLAIM,)
        case State.CLAIMED if ticket.tier == LAST_TIER:
            return (Press.REPLY, Press.RETURN, Press.RESOLVE)
        case State.CLAIMED:
            return (Press.REPLY, Press.ESCALATE, Press.RESOLVE)
        case State.VENDOR:
            return (Press.VENDOR_ANSWERED, Press.REPLY)
        case State.LINKED:
            return (Press.UNLINK, Press.REPLY)
        case State.RESOLVED:
            return (Press.DELIVER, Press.REPLY)
        case State.DELIVERED if ticket.by_phone:
            return (Press.SOLVED, Press.NOT_SOLVED)
        case State.DELIVERED:
            return (Press.REPLY,)
    return ()


def _more(ticket: Ticket) -> tuple[More, ...]:
    """What came by phone is answered by phone; an article would not reach the person."""
    shown = _more_in_state(ticket)
    if not ticket.by_phone or not ticket.open:
        return shown
    return (More.PHONED, *(one for one in shown if one is not More.ARTICLE))


def _more_in_state(ticket: Ticket) -> tuple[More, ...]:
    """Returning is a button in tier 3, which has nobody to escalate to."""
    link = () if ticket.linked else (More.LINK,)
    match ticket.state:
        case State.WAITING:
            return (More.ASSIGN, More.ARTICLE, *link)
        case State.CLAIMED:
            last = More.TAKE_OVER if ticket.free_to_take else More.ASSIGN
            up_or_down = {FIRST_TIER: (), LAST_TIER: (More.VENDOR,)}
            moved = up_or_down.get(ticket.tier, (More.RETURN,))
            return (More.ARTICLE, *moved, More.RELEASE, last, *link)
        case State.RESOLVED:
            return (More.ASSIGN, More.TAKE_OVER, More.TEACH, More.DRAFT)
        case State.DELIVERED | State.CLOSED:
            return (More.TEACH, More.DRAFT)
    return ()


def _button(press: Press, ticket: Ticket, say: Say) -> Block:
    primary = press in (Press.CLAIM, Press.DELIVER, Press.SOLVED, Press.VENDOR_ANSWERED)
    label = say(f"button-{press.removeprefix('ticket.')}")
    return button(press, label, ticket.id, "primary" if primary else None)


def _standing(ticket: Ticket) -> str:
    """What the asker reads of the state: who they are with matters more than our steps."""
    if ticket.state is State.CLOSED:
        return "closed"
    if ticket.state is State.WAITING and ticket.tier == FIRST_TIER and not ticket.holders:
        return "new"
    if ticket.state is State.DELIVERED and ticket.by_phone:
        return "phoned"
    return str(ticket.state)


def _expected(ticket: Ticket, showing: Showing) -> Iterator[str]:
    due = expected_by(ticket, showing.settings)
    if due is None:
        return
    hours = showing.settings.tier(acting_tier(ticket)).hours
    if ticket.state is State.WAITING and not hours.is_open(ticket.waiting_since):
        opens = moment(hours.next_opening(ticket.waiting_since))
        yield showing.say("ticket-status-outside-hours", opens=opens)
    yield showing.say("ticket-status-expected", by=moment(due))


def _status_buttons(ticket: Ticket, say: Say) -> Iterator[Block]:
    if ticket.state is State.CLOSED:
        yield actions(_button(Press.REOPEN, ticket, say))
        return
    others = ticket.visibility is Visibility.THREAD
    shown = [
        *([_button(Press.WITHDRAW, ticket, say)] if ticket.state is not State.DELIVERED else []),
        *([_button(Press.ME_TOO, ticket, say)] if others else []),
    ]
    if shown:
        yield actions(*shown)


def _solution_ending(ticket: Ticket, say: Say) -> str | None:
    if ticket.state is State.CLOSED:
        return say("ticket-solution-rated" if ticket.rating else "ticket-solution-closed")
    return None if ticket.state is State.DELIVERED else say("ticket-solution-rejected")


def _solution_buttons(ticket: Ticket, say: Say) -> Iterator[Block]:
    if ticket.state is State.DELIVERED:
        yield actions(
            _button(Press.SOLVED, ticket, say),
            _button(Press.NOT_SOLVED, ticket, say),
        )
    elif ticket.state is State.CLOSED and not ticket.rating:
        yield actions(
            *(
                button(f"{Press.RATE}.{rating}", say(f"button-rate-{rating}"), ticket.id)
                for rating in RATINGS
            )
        )
    elif ticket.state is State.CLOSED and not ticket.rating_word:
        yield actions(_button(Press.WORD, ticket, say))


def visibility_note(ticket: Ticket, say: Say) -> Block:
    """A reminder for agents who reads what they write."""
    thread = ticket.visibility is Visibility.THREAD
    return context(say("ticket-readers-thread" if thread else "ticket-readers-private"))
