"""Refusals as sentences: beside the input of a form, or whispered to who pressed."""

from datetime import datetime

from handlers.catalogue import Say
from handlers.decision import Decision
from handlers.helpdesk_desk import HelpdeskDesk
from handlers.payloads import Commanded, Pressed, ShortcutUsed, Submitted
from handlers.text import escaped
from handlers.ticket_actions import FIRST_INPUT, REQUIRED, Form
from handlers.ticket_words import mention, moment, said_with, tier_name
from helpdesk.errors import HelpdeskRefused
from helpdesk.rules import LONGEST_TEXT, Refusal
from storage.outbox import OutboxItem, Respond, Whisper

ERROR_TEXT = 2_000


async def whispered(
    pressed: Pressed, no: HelpdeskRefused, desk: HelpdeskDesk, now: datetime
) -> Decision:
    """The refusal, shown to who pressed alone, in their language."""
    say = await desk.asking.say_to(pressed.user, pressed.channel)
    note = Whisper(pressed.channel, pressed.user, said_with(sentence(no, say)), pressed.thread_ts)
    return Decision(outbox=(_told(pressed.key, pressed.team, pressed.user, note, now),))


async def refused_shortcut(
    used: ShortcutUsed, no: HelpdeskRefused, desk: HelpdeskDesk, now: datetime
) -> Decision:
    say = await desk.asking.say_to(used.user, used.channel)
    content = said_with(sentence(no, say))
    # The address works where we are not in the channel.
    note: Respond | Whisper = Respond(used.response_url, content)
    if not used.response_url:
        thread = used.thread_ts or used.message_ts
        note = Whisper(used.channel, used.user, content, thread)
    return Decision(outbox=(_told(used.key, used.team, used.user, note, now),))


async def refused_command(
    commanded: Commanded, no: HelpdeskRefused, desk: HelpdeskDesk, now: datetime
) -> Decision:
    say = await desk.asking.say_to(commanded.user)
    answer = Respond(commanded.response_url, said_with(sentence(no, say)))
    return Decision(outbox=(_told(commanded.key, commanded.team, commanded.user, answer, now),))


async def beside_input(submitted: Submitted, no: HelpdeskRefused, desk: HelpdeskDesk) -> Decision:
    """The refusal in the form itself, which stays open with everything that was typed."""
    say = await desk.asking.say_to(submitted.user)
    holder = str(no.values.get("holder") or "")
    name = (await desk.person(holder)).name if holder else ""
    return form_error(_input_at_fault(submitted, no), plain_sentence(no, say, name))


def _input_at_fault(submitted: Submitted, no: HelpdeskRefused) -> str:
    """The required input that is empty or too long; for every other refusal the first one."""
    form = Form(submitted.callback)
    required = REQUIRED.get(form, (FIRST_INPUT[form],))
    found = (name for name in required if _is_at_fault(submitted.values.get(name, ""), no))
    return next(found, FIRST_INPUT[form])


def _is_at_fault(text: str, no: HelpdeskRefused) -> bool:
    if no.reason is Refusal.EMPTY:
        return not text.strip()
    return no.reason is Refusal.TOO_LONG and len(text) > LONGEST_TEXT


def form_error(block: str, text: str) -> Decision:
    """docs.slack.dev/surfaces/modals#displaying_errors"""
    return Decision(reply={"response_action": "errors", "errors": {str(block): text}})


def sentence(no: HelpdeskRefused, say: Say) -> str:
    """The refusal with live mentions and dates."""
    holder = str(no.values.get("holder") or "")
    return _text(no, say, mention(holder) if holder else "-")


def plain_sentence(no: HelpdeskRefused, say: Say, holder: str = "") -> str:
    """The refusal for a form, in which nothing is parsed; ``holder`` is the name of who has it."""
    named = holder or str(no.values.get("holder") or "-")
    return _text(no, say, named, plain=True)[:ERROR_TEXT]


def _text(no: HelpdeskRefused, say: Say, holder: str, *, plain: bool = False) -> str:
    since = no.values.get("since")
    shown = "-"
    if isinstance(since, datetime):
        shown = f"{since:%Y-%m-%d %H:%M} UTC" if plain else moment(since)
    tier = no.values.get("tier")
    case = str(no.values.get("case") or "")
    return say(
        f"ticket-refused-{no.reason}",
        number=str(no.values.get("number") or ""),
        holder=holder,
        since=shown,
        tier=tier_name(tier, say) if isinstance(tier, int) else "",
        case=case if plain else escaped(case),
        main=str(no.values.get("main") or ""),
        most=str(LONGEST_TEXT),
    )


def _told(key: str, team: str, user: str, call: Whisper | Respond, now: datetime) -> OutboxItem:
    return OutboxItem(
        key=f"note:{key}", team=team, order_group=f"note/{user}", call=call, due_at=now
    )
