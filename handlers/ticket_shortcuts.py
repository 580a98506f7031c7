"""Message shortcuts of agents: on a message in a card's thread, and on anybody's message."""

from datetime import datetime

from handlers import ticket_forms as forms
from handlers.decision import Decision, OpenModal
from handlers.helpdesk_desk import HelpdeskDesk, open_case
from handlers.message_escalation import decide_escalate_message
from handlers.payloads import ShortcutUsed
from handlers.ticket_actions import Shortcut
from handlers.ticket_refusals import refused_shortcut
from handlers.ticket_submissions import reply_with
from handlers.ticket_words import received
from helpdesk import rules
from helpdesk.errors import HelpdeskRefused
from helpdesk.rules import Refusal, refused


async def decide_shortcut(used: ShortcutUsed, desk: HelpdeskDesk, now: datetime) -> Decision:
    """ "Send to user" sends the message to the asker; "Use as solution" fills in the form;
    "Escalate" opens the form of a ticket for its author."""
    desk = await desk.at(used.team, now)
    try:
        if used.callback == Shortcut.ESCALATE:
            return await decide_escalate_message(used, desk, now)
        ticket_id = await _ticket_of(used, desk)
        case = await open_case(desk, ticket_id, used.user, used.team, now)
        text = received(used.text)
        if used.callback == Shortcut.SEND_TO_USER:
            return reply_with(case, text, used.channel, used.message_ts, used.attached)
        rules.resolve(case.ticket, case.actor, "-", "-", now)
        view = forms.resolve_form(case.ticket, desk.say, text)
        return Decision(modal=OpenModal(used.trigger_id, view))
    except HelpdeskRefused as no:
        return await refused_shortcut(used, no, desk, now)


async def _ticket_of(used: ShortcutUsed, desk: HelpdeskDesk) -> str:
    """The ticket in whose card's thread the message stands."""
    root = used.thread_ts or used.message_ts
    entry = await desk.store.entry_at(used.team, used.channel, root)
    if entry is None or ":card:" not in entry.item.key:
        raise refused(Refusal.UNKNOWN)
    return entry.item.about.removeprefix("ticket:")
