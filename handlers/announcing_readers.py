"""What readers of an announcement press: ask, see how to enroll, say that they have enrolled, get
help, read it in another language."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from handlers.announcing_deliveries import about
from handlers.announcing_desk import AnnouncingDesk, situation
from handlers.announcing_forms import closing_view, platform_form
from handlers.announcing_message import Reader
from handlers.announcing_notes import tell
from handlers.answers import best_article, render_full
from handlers.ask_form import ask_form
from handlers.asked_for_help import enrolled_put
from handlers.catalogue import Say
from handlers.decision import Decision, OpenModal
from handlers.payloads import Pressed, Submitted
from handlers.wave_help import decide_help
from knowledge.article import Language, Platform
from rollout.announcement import NOT_OUT_YET, Announcement
from rollout.enrolled import Enrolled, Source, enrolled_id
from storage.kinds import ANNOUNCEMENT, ENROLLED, IMPORTED_LIST
from storage.outbox import OutboxItem, Post, ToPerson, Whisper
from storage.port import Put
from storage.records import NEW

_GUIDES: Mapping[Platform, str] = {
    Platform.WINDOWS: "enroll-windows",
    Platform.MACOS: "enroll-macos",
    Platform.IOS: "enroll-ios",
    Platform.ANDROID: "enroll-android",
}


@dataclass(frozen=True)
class ReaderPress:
    """A press under an announcement; ``language`` is that of the message pressed on, or the one
    chosen."""

    pressed: Pressed
    announcement: Announcement
    language: Language
    desk: AnnouncingDesk
    now: datetime

    @property
    def say(self) -> Say:
        return self.desk.say_in(self.language)

    def tells(self, key: str) -> Decision:
        return tell(self.pressed, self.say(key), self.now)


ReaderStep: TypeAlias = Callable[[ReaderPress], Awaitable[Decision]]


async def decide_reader_press(pressed: Pressed, desk: AnnouncingDesk, now: datetime) -> Decision:
    """What to do about a press under an announcement, by anybody who sees it."""
    first, _, rest = pressed.value.partition(" ")
    stored = await desk.store.get(ANNOUNCEMENT, rest or first)
    if stored is None or stored.record.team != pressed.team:
        return tell(pressed, desk.say("announcement-gone"), now)
    announcement = stored.record
    language = Language(first) if rest else _language_at(pressed.channel, announcement, desk)
    press = ReaderPress(pressed, announcement, language, desk, now)
    if announcement.state in NOT_OUT_YET and not await _previews(press):
        return press.tells("announcement-is-preview")
    return await STEPS[Reader(pressed.action)](press)


async def _previews(press: ReaderPress) -> bool:
    """Whether it is read in another language by somebody who may see it before it is out."""
    if press.pressed.action != Reader.LANGUAGE:
        return False
    user = press.pressed.user
    return user == press.desk.plan.sponsor.user or await press.desk.is_admin(user)


async def decide_platform(submitted: Submitted, desk: AnnouncingDesk, now: datetime) -> Decision:
    """The guide of the chosen platform takes the place of the question which it is."""
    metadata = json.loads(submitted.metadata)
    language = Language(metadata["language"])
    say = desk.say_in(language)
    guide = _GUIDES[Platform(submitted.values["platform"])]
    article = best_article(guide, language, desk.knowledge.current.library)
    title = say("announcement-how-title")
    blocks = render_full(article, say).blocks if article else ()
    view = closing_view(title, blocks or [_words(say("announcement-no-guide"))], say)
    return Decision(reply={"response_action": "update", "view": view})


def _words(text: str) -> Mapping[str, object]:
    return {"type": "section", "text": {"type": "plain_text", "text": text}}


def _language_at(channel: str, announcement: Announcement, desk: AnnouncingDesk) -> Language:
    there = (one.language for one in announcement.audience if one.channel == channel)
    return next(there, desk.default_language)


async def _ask(press: ReaderPress) -> Decision:
    """The form to ask in private; the answer comes in a direct message."""
    view = ask_form(press.say, press.announcement.id)
    return Decision(modal=OpenModal(press.pressed.trigger_id, view))


async def _help(press: ReaderPress) -> Decision:
    return await decide_help(
        press.pressed, press.announcement, press.language, press.desk, press.now
    )


async def _how(press: ReaderPress) -> Decision:
    view = dict(platform_form(press.announcement.id, press.say))
    metadata = {"id": press.announcement.id, "language": press.language}
    view["private_metadata"] = json.dumps(metadata)
    return Decision(modal=OpenModal(press.pressed.trigger_id, view))


async def _enrolled(press: ReaderPress) -> Decision:
    """Counted once for each person; who pressed is shown to nobody else."""
    pressed, announcement = press.pressed, press.announcement
    store, record_id = press.desk.store, enrolled_id(pressed.team, pressed.user)
    imported = await store.get(IMPORTED_LIST, pressed.team)
    lists = imported.record.number if imported else 0
    before = await store.get(ENROLLED, record_id)
    if before and (before.record.source is Source.LIST or before.record.after == lists):
        return press.tells("announcement-enrolled-already")
    record = Enrolled(
        id=record_id,
        team=pressed.team,
        user=pressed.user,
        group=announcement.group,
        announcement=announcement.id,
        at=press.now,
        after=lists,
    )
    helped = await enrolled_put(pressed.user, announcement.group, press.desk)
    told = press.tells("announcement-enrolled-thanks")
    put = Put(ENROLLED, record, before.version if before else NEW)
    return Decision(puts=(put, *helped), outbox=told.outbox)


async def _in_language(press: ReaderPress) -> Decision:
    around = await situation(press.desk)
    pressed = press.pressed
    content = around.content(press.announcement, press.language)
    direct = pressed.channel.startswith("D")
    whisper = Whisper(pressed.channel, pressed.user, content, pressed.thread_ts)
    item = OutboxItem(
        key=f"translated:{pressed.key}",
        team=pressed.team,
        order_group=f"note/{pressed.user}",
        call=Post(ToPerson(pressed.user), content) if direct else whisper,
        due_at=press.now,
        about=f"reader-of:{about(press.announcement)}",
    )
    return Decision(outbox=(item,))


STEPS: Mapping[Reader, ReaderStep] = {
    Reader.ASK: _ask,
    Reader.HOW: _how,
    Reader.ENROLLED: _enrolled,
    Reader.HELP: _help,
    Reader.LANGUAGE: _in_language,
}
