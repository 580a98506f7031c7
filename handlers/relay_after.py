"""What an asker writes in the question's thread after the ticket closed: thanks change nothing, and
another question goes to the FAQ first."""

from datetime import datetime

from handlers.answering import Talk, message_key, replies
from handlers.asking import answer_item
from handlers.decision import NOTHING, Decision
from handlers.helpdesk_desk import HelpdeskDesk
from handlers.payloads import Said
from helpdesk.ticket import Ticket
from knowledge.question import Place
from storage.kinds import QUESTION
from storage.port import Put
from storage.records import NEW


async def after_closing(
    ticket: Ticket, said: Said, desk: HelpdeskDesk, now: datetime
) -> Decision | None:
    """``None`` for what is asked as any other: direct messages, and people who did not ask."""
    if said.direct or said.user != ticket.asker:
        return None
    answers = await replies(said, Place.QUESTION_CHANNEL, desk.asking, now, Talk(in_thread=True))
    asked = [(one, one.question) for one in answers if one.question]
    if not asked:
        return NOTHING
    return Decision(
        keys=(message_key(said),),
        puts=tuple(Put(QUESTION, question, NEW) for _, question in asked),
        outbox=tuple(answer_item(question, one.content, now) for one, question in asked),
    )
