"""The form to ask in private, from App Home, a shortcut or a button."""

from datetime import datetime
from typing import Any

from handlers.answering import Talk, about, answer_key, counted, group_of, replies
from handlers.catalogue import Say
from handlers.decision import Decision, OpenModal
from handlers.desk import Desk
from handlers.home import home_item
from handlers.payloads import Said, Submitted
from handlers.text import escaped, has_words
from knowledge.question import Place
from storage.kinds import QUESTION
from storage.outbox import OutboxItem, Post, ToPerson
from storage.port import Put
from storage.records import NEW

ASK_FORM = "ask.form"
"""The form's callback id, and that of the global shortcut which opens it."""
_QUESTION = "question"
MOST_TYPED = 3_000
"""docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element"""


async def decide_ask_form(user: str, trigger_id: str, desk: Desk) -> Decision:
    """Open the form, in the person's language."""
    return Decision(modal=OpenModal(trigger_id, ask_form(await desk.say_to(user))))


def ask_form(say: Say, announcement: str = "") -> dict[str, Any]:
    """One input for the question; the answer comes in a direct message. What is asked in a form
    that an announcement (by its id) opened counts for its wave."""
    return {
        "type": "modal",
        "callback_id": ASK_FORM,
        "private_metadata": announcement,
        "title": {"type": "plain_text", "text": say("ask-title")},
        "submit": {"type": "plain_text", "text": say("ask-submit")},
        "close": {"type": "plain_text", "text": say("topics-close")},
        "blocks": [
            {
                "type": "input",
                "block_id": _QUESTION,
                "label": {"type": "plain_text", "text": say("ask-label")},
                "hint": {"type": "plain_text", "text": say("ask-hint")},
                "element": {
                    "type": "plain_text_input",
                    "action_id": _QUESTION,
                    "multiline": True,
                    "max_length": MOST_TYPED,
                },
            }
        ],
    }


async def decide_asked(submitted: Submitted, desk: Desk, now: datetime) -> Decision:
    """The answer in the direct message, and App Home with the question in its list."""
    text = submitted.values.get(_QUESTION, "")
    if not has_words(text):
        say = await desk.say_to(submitted.user)
        return Decision(
            reply={"response_action": "errors", "errors": {_QUESTION: say("help-words-needed")}}
        )
    said = _said(submitted, text, now)
    talk = Talk(announcement=submitted.metadata)
    answers = await replies(said, Place.HOME, desk, now, talk)
    asked = [one.question for one in answers if one.question]
    items = tuple(
        OutboxItem(
            key=answer_key(one.question) if one.question else f"remark:{submitted.key}",
            team=submitted.team,
            order_group=group_of(one.question) if one.question else f"direct/{submitted.user}",
            call=Post(ToPerson(submitted.user), one.content),
            due_at=now,
            about=about(one.question) if one.question else "",
        )
        for one in answers
    )
    home = await home_item(submitted.team, submitted.user, submitted.key, desk, now, tuple(asked))
    puts = (
        *(Put(QUESTION, one, NEW) for one in asked),
        *await counted(submitted.user, talk, desk, now),
    )
    return Decision(puts=puts, outbox=(*items, home))


def _said(submitted: Submitted, text: str, now: datetime) -> Said:
    """The view stands in for the channel: it makes the question's id unique, and nothing is posted
    there. Forms carry plain text, which messages carry escaped
    (docs.slack.dev/messaging/formatting-message-text)."""
    return Said(
        event_id=submitted.key,
        team=submitted.team,
        channel=submitted.view_id,
        direct=True,
        user=submitted.user,
        text=escaped(text),
        ts=f"{now.timestamp():.6f}",
        thread_ts=None,
    )
