"""The message shortcut "Escalate": an agent opens a ticket for a message's author.

From a private channel, or a conversation among few, the author is asked first in a direct message:
what people write there is not for the helpdesk to read until they agree.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from handlers.catalogue import Say
from handlers.decision import Decision, OpenModal
from handlers.helpdesk_desk import HelpdeskDesk
from handlers.payloads import ShortcutUsed, Submitted
from handlers.ticket_actions import ConsentPress, Input
from handlers.ticket_effects import Extra
from handlers.ticket_files import opening_with
from handlers.ticket_for_others import with_claim
from handlers.ticket_forms import OTHER_PLATFORM, message_form
from handlers.ticket_opening import answer_anew, next_number
from handlers.ticket_words import actions, button, live_lines, mention, quoted, received
from helpdesk import rules
from helpdesk.consent import ASKED_FOR, Consent, consent_id
from helpdesk.people import Person
from helpdesk.rules import Actor, Refusal, refused
from helpdesk.ticket import Ticket, Visibility, ticket_id
from knowledge.article import Language
from knowledge.extraction import extract
from knowledge.question import Question, ask_helpdesk, question_id
from storage.kinds import CONSENT, QUESTION, TICKET, place_key
from storage.outbox import Content, DueCommand, OutboxItem, Post, ToPerson, Whisper
from storage.port import Order, Put
from storage.records import NEW, Stored

CONSENT_LAPSES = "consent-lapses"
Tell: TypeAlias = Callable[[str], OutboxItem]
"""Tells the agent how it went, in the words given."""
_PRIVATE = ("privategroup", "directmessage", "mpdm-")
"""How the payload names a private channel, a direct message, and one among several."""


@dataclass(frozen=True)
class Message:
    """Somebody's message that an agent wants a ticket of, as the form carries it along. From a
    private channel the words go, once the author agrees, and its ``files`` stay there."""

    channel: str
    ts: str
    thread_ts: str
    author: str
    private: bool
    files: tuple[str, ...] = ()

    def packed(self) -> str:
        place = [self.channel, self.ts, self.thread_ts, self.author, self.private]
        return json.dumps([*place, *self.files])

    @classmethod
    def unpacked(cls, text: str) -> "Message":
        channel, ts, thread_ts, author, private, *files = json.loads(text)
        return cls(channel, ts, thread_ts, author, bool(private), tuple(files))


async def decide_escalate_message(
    used: ShortcutUsed, desk: HelpdeskDesk, now: datetime
) -> Decision:
    """The form, filled in from the message. Raises ``HelpdeskRefused``."""
    await _agent(used.user, desk)
    private = used.channel_name.startswith(_PRIVATE)
    message = Message(
        used.channel,
        used.message_ts,
        used.thread_ts or used.message_ts,
        used.author,
        private,
        () if private else used.attached,
    )
    await _author(message, used.team, desk)
    view = message_form(message.packed(), received(used.text), desk.say, private=message.private)
    return Decision(modal=OpenModal(used.trigger_id, view))


async def decide_message_form(submitted: Submitted, desk: HelpdeskDesk, now: datetime) -> Decision:
    """The ticket at once, or the question to the author. Raises ``HelpdeskRefused``."""
    actor = await _agent(submitted.user, desk)
    message = Message.unpacked(submitted.metadata)
    author = await _author(message, submitted.team, desk)
    words = received(submitted.values.get(Input.WORDS, ""))
    if not words.strip():
        raise refused(Refusal.EMPTY)
    language = (await desk.asking.speaking(author)).language()
    tried = received(submitted.values.get(Input.TRIED, ""))
    platform = submitted.values.get(Input.PLATFORM, "")
    platform = "" if platform == OTHER_PLATFORM else platform
    if message.private:
        asked = Consent(
            id=consent_id(submitted.team, message.channel, message.ts),
            team=submitted.team,
            author=author.id,
            asked_by=actor.user,
            words=words,
            language=language,
            asked_at=now,
            platform=platform,
            tried=tried,
        )
        return await _ask_author(asked, message, submitted, desk, now)
    draft = _Draft(author.id, language, words, platform, tried, actor, message)
    draft = replace(draft, visibility=_visibility(submitted))

    def tell(words: str) -> OutboxItem:
        call = Whisper(message.channel, actor.user, Content(words), message.thread_ts)
        key, group = f"note:{submitted.key}", f"note/{actor.user}"
        return OutboxItem(key, submitted.team, group, call, now)

    return await _opened(draft, submitted.team, desk, now, tell)


@dataclass(frozen=True)
class _Draft:
    """What a ticket is made of; without a ``message`` it hangs on no thread."""

    author: str
    language: Language
    words: str
    platform: str
    tried: str
    agent: Actor
    message: Message | None = None
    visibility: Visibility = Visibility.PRIVATE


async def decide_agreed(stored: Stored[Consent], desk: HelpdeskDesk, now: datetime) -> Decision:
    """The author agreed: the ticket opens as if from a public channel, and answers go to them in
    private. An agent who is none any longer opened it all the same: the author wants it."""
    asked = stored.record
    actor = await desk.actor(asked.asked_by)
    draft = _Draft(asked.author, asked.language, asked.words, asked.platform, asked.tried, actor)
    return await _opened(draft, asked.team, desk, now, lambda words: to_agent(asked, words, now))


async def _agent(user: str, desk: HelpdeskDesk) -> Actor:
    actor = await desk.actor(user)
    if not actor.tiers:
        raise refused(Refusal.ONLY_ASK if actor.may_only_ask else Refusal.NOT_YOUR_TIER)
    return actor


async def _author(message: Message, team: str, desk: HelpdeskDesk) -> Person:
    """Who wrote it. Refused for a bot, and where the author has an open ticket of it already."""
    if not message.author or message.author == desk.asking.bot_user:
        raise refused(Refusal.NOBODY)
    author = await desk.person(message.author)
    if author.bot or author.deactivated:
        raise refused(Refusal.NOBODY)
    place = place_key(team, message.channel, message.thread_ts)
    found = await desk.store.find(TICKET, "thread", place, limit=20, order=Order.NEWEST_FIRST)
    for stored in found:
        if stored.record.asker == author.id and stored.record.open:
            raise refused(Refusal.ALREADY_THERE, stored.record)
    return author


def _visibility(submitted: Submitted) -> Visibility:
    chosen = submitted.values.get(Input.VISIBILITY)
    return Visibility.THREAD if chosen == Visibility.THREAD else Visibility.PRIVATE


async def _opened(
    draft: _Draft, team: str, desk: HelpdeskDesk, now: datetime, note: Tell
) -> Decision:
    number, counter = await next_number(team, desk)
    question = await _question(draft.message, draft.author, team, desk)
    wave = await desk.asking.wave_of(draft.author, now)
    ticket = replace(_ticket(draft, team, number, now), wave=wave)
    words = desk.say("ticket-new-opened", number=str(number), asker=mention(draft.author))
    puts, outbox = [counter], [note(words)]
    if question:
        asked = ask_helpdesk(question.record, draft.author, now)
        ticket = _as_asked(ticket, question.record)
        puts.append(Put(QUESTION, asked, question.version))
        outbox.append(answer_anew(asked, question.version + 1, desk, now))
    change = rules.opened(ticket, draft.agent.user, now)
    if draft.agent.tiers:
        change = with_claim(change, draft.agent, now)
    files = draft.message.files if draft.message else ()
    extra = Extra(puts=tuple(puts), outbox=tuple(outbox))
    return opening_with(files, change, desk, now, extra)


async def _question(
    message: Message | None, author: str, team: str, desk: HelpdeskDesk
) -> Stored[Question] | None:
    """The question that the message was to the bot, while it is open."""
    if message is None:
        return None
    stored = await desk.store.get(QUESTION, question_id(team, message.channel, message.ts))
    return stored if stored and stored.record.open and stored.record.asker == author else None


def _as_asked(ticket: Ticket, question: Question) -> Ticket:
    offered = tuple(one for one in (question.shown, *question.suggested) if one)
    return replace(ticket, question=question.id, offered=offered, rejected=question.rejected)


def _ticket(draft: _Draft, team: str, number: int, now: datetime) -> Ticket:
    found = extract(f"{draft.words}\n{draft.tried}")
    message = draft.message
    return Ticket(
        id=ticket_id(team, number),
        team=team,
        number=number,
        asker=draft.author,
        language=draft.language,
        channel=message.channel if message else "",
        thread_ts=message.thread_ts if message else "",
        visibility=draft.visibility,
        words=draft.words,
        opened_at=now,
        changed_at=now,
        waiting_since=now,
        platform=draft.platform,
        version=found.os_version or "",
        error_codes=found.error_codes,
        tried=draft.tried,
        opened_by=draft.agent.user,
    )


async def _ask_author(
    asked: Consent, message: Message, submitted: Submitted, desk: HelpdeskDesk, now: datetime
) -> Decision:
    if await desk.store.get(CONSENT, asked.id):
        raise refused(Refusal.ASKED_ALREADY)
    say = desk.asking.say_in(asked.language)
    question = OutboxItem(
        key=consent_key(asked),
        team=asked.team,
        order_group=f"direct/{asked.author}",
        call=Post(ToPerson(asked.author), _question_of(asked, message, say)),
        due_at=now,
        about=f"consent:{asked.id}",
    )
    text = desk.say("consent-asked", author=mention(asked.author))
    told = OutboxItem(
        key=f"note:{submitted.key}",
        team=asked.team,
        order_group=f"direct/{asked.asked_by}",
        call=Post(ToPerson(asked.asked_by), Content(text)),
        due_at=now,
    )
    lapses = DueCommand(
        key=f"{CONSENT_LAPSES}:{asked.id}",
        team=asked.team,
        name=CONSENT_LAPSES,
        due_at=now + ASKED_FOR,
        about=f"consent:{asked.id}",
    )
    return Decision(puts=(Put(CONSENT, asked, NEW),), outbox=(question, told), due=(lapses,))


def consent_key(asked: Consent) -> str:
    """The outbox key of the question to the author."""
    return f"consent:{asked.id}:{int(asked.asked_at.timestamp())}"


def _question_of(asked: Consent, message: Message, say: Say) -> Content:
    lead = say("consent-lead", agent=mention(asked.asked_by), channel=f"<#{message.channel}>")
    buttons = actions(
        button(ConsentPress.YES, say("button-consent-yes"), asked.id, "primary"),
        button(ConsentPress.NO, say("button-consent-no"), asked.id),
    )
    return Content(lead, (live_lines(lead), quoted(asked.words), buttons))


def to_agent(asked: Consent, text: str, now: datetime) -> OutboxItem:
    """Tells the agent who asked how it went."""
    return OutboxItem(
        key=f"{consent_key(asked)}:told",
        team=asked.team,
        order_group=f"direct/{asked.asked_by}",
        call=Post(ToPerson(asked.asked_by), Content(text)),
        due_at=now,
    )
