"""What the time brings: announcements are sent, or held when they are late, and their progress is
shown until all is done."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from handlers.announcing_ahead import decide_briefing, decide_go_no_go
from handlers.announcing_deliveries import deliveries, progress_of_change
from handlers.announcing_desk import AnnouncingDesk, situation
from handlers.announcing_showing import card_again, shown_card
from handlers.announcing_waiting import ANNOUNCE, BRIEF, GO_NO_GO, PROGRESS, announce_command
from handlers.reminding import follow_ups, reminding_deciders
from rollout.announcement import Announcement, State, come_due, finish
from storage.kinds import ANNOUNCEMENT
from storage.outbox import Content, DueCommand, InChannel, OutboxItem, Post
from storage.port import Commit, Put
from storage.records import Stored

LOOK_EVERY = timedelta(seconds=3)
"""How often the admins' card is shown anew while an announcement is being sent."""

DueDecider: TypeAlias = Callable[[DueCommand, datetime], Awaitable[Commit]]


def announcing_deciders(desk: AnnouncingDesk) -> Mapping[str, DueDecider]:
    """The deciders of the due commands of announcing, by the commands' names."""

    async def announce(command: DueCommand, now: datetime) -> Commit:
        return await decide_due(command, desk, now)

    async def progress(command: DueCommand, now: datetime) -> Commit:
        return await decide_progress(command, desk, now)

    async def briefing(command: DueCommand, now: datetime) -> Commit:
        return await decide_briefing(command, desk, now)

    async def go_no_go(command: DueCommand, now: datetime) -> Commit:
        return await decide_go_no_go(command, desk, now)

    own = {ANNOUNCE: announce, PROGRESS: progress, BRIEF: briefing, GO_NO_GO: go_no_go}
    return {**own, **reminding_deciders(desk)}


def first_look(announcement: Announcement, now: datetime) -> DueCommand:
    """The next look at how far the sending is."""
    return DueCommand(
        key=f"{PROGRESS}:{announcement.id}",
        team=announcement.team,
        name=PROGRESS,
        due_at=now + LOOK_EVERY,
        about=announcement.id,
    )


async def decide_due(command: DueCommand, desk: AnnouncingDesk, now: datetime) -> Commit:
    """Decided on the state of this moment: what was held, cancelled or moved meanwhile is left."""
    stored = await desk.store.get(ANNOUNCEMENT, command.about)
    if stored is None:
        return Commit(at=now)
    after = come_due(stored.record, now, desk.plan.settings.grace)
    if after is None:
        waits = stored.record.state is State.SCHEDULED
        return Commit(at=now, due=(announce_command(stored.record),) if waits else ())
    return await _begun(stored, after, desk, now)


async def _begun(
    stored: Stored[Announcement], after: Announcement, desk: AnnouncingDesk, now: datetime
) -> Commit:
    around = (await situation(desk)).with_moved(after)
    late = after.state is State.HELD
    items = () if late else deliveries(after, after.audience, around, now)
    content, _ = await shown_card(after, around, now, items)
    card = card_again(after, content, f"v{stored.version + 1}", now)
    put = Put(ANNOUNCEMENT, after, stored.version)
    if late:
        notice = _late_notice(after, around.title(after), desk, now)
        return Commit(at=now, puts=(put,), outbox=(*card, notice))
    return Commit(
        at=now,
        puts=(put,),
        outbox=(*items, *card),
        due=(first_look(after, now), *follow_ups(after, around, now)),
    )


async def decide_progress(command: DueCommand, desk: AnnouncingDesk, now: datetime) -> Commit:
    """The card shown anew; when nothing is left to send, the announcement is sent."""
    stored = await desk.store.get(ANNOUNCEMENT, command.about)
    if stored is None:
        return Commit(at=now)
    if stored.record.state is not State.SENDING:
        return await _look_at_change(stored.record, desk, now)
    around = await situation(desk)
    content, progress = await shown_card(stored.record, around, now)
    if progress.left:
        card = card_again(stored.record, content, f"p{now.timestamp():.3f}", now)
        return Commit(at=now, outbox=card, due=(first_look(stored.record, now),))
    sent = finish(stored.record, progress.sent, len(progress.failed or {}), now)
    content, _ = await shown_card(sent, around.with_moved(sent), now)
    card = card_again(sent, content, f"v{stored.version + 1}", now)
    return Commit(at=now, puts=(Put(ANNOUNCEMENT, sent, stored.version),), outbox=card)


async def _look_at_change(
    announcement: Announcement, desk: AnnouncingDesk, now: datetime
) -> Commit:
    """How far a correction or a recall is, until it is everywhere."""
    change = await progress_of_change(announcement, desk.store)
    if change is None:
        return Commit(at=now)
    content, _ = await shown_card(announcement, await situation(desk), now)
    card = card_again(announcement, content, f"p{now.timestamp():.3f}", now)
    again = (first_look(announcement, now),) if change.left else ()
    return Commit(at=now, outbox=card, due=again)


def _late_notice(
    announcement: Announcement, title: str, desk: AnnouncingDesk, now: datetime
) -> OutboxItem:
    text = desk.say("announcing-late", title=title)
    return OutboxItem(
        key=f"announcement-late:{announcement.id}:{len(announcement.log)}",
        team=announcement.team,
        order_group=f"announcement-card/{announcement.id}",
        call=Post(InChannel(desk.admin_channel), Content(text)),
        due_at=now,
    )
