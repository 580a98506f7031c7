"""The deliveries of an announcement: one message for each channel, and how far they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from handlers.announcing_blocks import sections
from handlers.announcing_card import Progress
from handlers.announcing_desk import AnnouncingDesk, Situation
from rollout.announcement import NOT_OUT_YET, Announcement, Audience, State
from storage.outbox import (
    Content,
    Edit,
    InChannel,
    ItemMessage,
    JoinChannel,
    Lane,
    OutboxItem,
    OutboxState,
    Outcome,
    Persona,
    Post,
    Withdraw,
)
from storage.port import Store

IN_CHANNEL = "announcements/"
"""What the order group of a channel begins with."""


def delivery_key(announcement: Announcement, channel: str) -> str:
    """One for each channel; another only when what failed is sent again."""
    again = f":{announcement.resends}" if announcement.resends else ""
    return f"announcement:{announcement.id}:{channel}{again}"


def deliveries(
    announcement: Announcement, channels: Sequence[Audience], around: Situation, now: datetime
) -> tuple[OutboxItem, ...]:
    """One message for each channel, in its language."""
    contents = {one: around.content(announcement, one) for one in announcement.languages}
    persona = persona_of(around.desk)
    return tuple(
        OutboxItem(
            key=delivery_key(announcement, one.channel),
            team=announcement.team,
            order_group=f"{IN_CHANNEL}{one.channel}",
            call=Post(InChannel(one.channel), contents[one.language], persona=persona),
            due_at=now,
            about=about(announcement),
            lane=Lane.ANNOUNCEMENT,
        )
        for one in channels
    )


def joins(announcement: Announcement, now: datetime) -> tuple[OutboxItem, ...]:
    """The bot goes into the channels as soon as it is known that it will post there, so that at its
    hour an announcement does not wait for that. No delivery stands behind these in a line: Slack
    allows fewer joins a minute than posts."""
    return tuple(
        OutboxItem(
            key=f"join:{announcement.id}:{announcement.revision}:{one.channel}",
            team=announcement.team,
            order_group=f"announcement-joins/{one.channel}",
            call=JoinChannel(one.channel),
            due_at=now,
            about=f"announcement-join:{announcement.id}",
            lane=Lane.ANNOUNCEMENT,
        )
        for one in announcement.audience
    )


def about(announcement: Announcement) -> str:
    """How its deliveries refer to an announcement."""
    return f"announcement:{announcement.id}"


def persona_of(desk: AnnouncingDesk) -> Persona | None:
    """In whose name announcements are shown."""
    sponsor = desk.plan.sponsor
    if not sponsor.name:
        return None
    return Persona(desk.say("announcement-persona", name=sponsor.name), sponsor.picture or None)


async def latest_deliveries(announcement: Announcement, store: Store) -> Mapping[str, Outcome]:
    """Channel to its newest delivery."""
    if announcement.state in NOT_OUT_YET:
        return {}
    outcomes = await store.outcomes_about(about(announcement))
    return {_channel_of(one.order_group): one for one in outcomes}


async def progress_of(
    announcement: Announcement, store: Store, coming: Sequence[OutboxItem] = ()
) -> Progress:
    """How far the sending is; ``coming`` are items that are committed together with what is told
    about them."""
    latest = await latest_deliveries(announcement, store)
    return _progress({**latest, **_waiting(coming, about(announcement))})


def _waiting(coming: Sequence[OutboxItem], concerning: str) -> Mapping[str, Outcome]:
    return {
        _channel_of(one.order_group): Outcome(one.key, one.order_group, OutboxState.WAITING, None)
        for one in coming
        if one.about == concerning
    }


def _channel_of(order_group: str) -> str:
    return order_group.removeprefix(IN_CHANNEL)


def _progress(outcomes: Mapping[str, Outcome]) -> Progress:
    states = [one.state for one in outcomes.values()]
    return Progress(
        sent=states.count(OutboxState.DONE),
        left=states.count(OutboxState.WAITING),
        failed={
            channel: one.reason or ""
            for channel, one in outcomes.items()
            if one.state is OutboxState.DEAD
        },
    )


# Corrections and recalls -------------------------------------------------------------------------


async def at_deliveries(
    announcement: Announcement,
    store: Store,
    now: datetime,
    call: Callable[[Audience, ItemMessage], Edit | Withdraw],
) -> tuple[OutboxItem, ...]:
    """A change to every message that was sent."""
    latest = await latest_deliveries(announcement, store)
    sent = [
        (one, latest[one.channel])
        for one in announcement.audience
        if one.channel in latest and latest[one.channel].state is OutboxState.DONE
    ]
    mark = _mark(announcement)
    return tuple(
        OutboxItem(
            key=f"{outcome.key}:{mark}",
            team=announcement.team,
            order_group=f"{IN_CHANNEL}{one.channel}",
            call=call(one, ItemMessage(outcome.key)),
            due_at=now,
            about=_about_change(announcement),
            lane=Lane.ANNOUNCEMENT,
        )
        for one, outcome in sent
    )


def notes_in_place(
    announcement: Announcement, changes: Sequence[OutboxItem], note: Callable[[str], str]
) -> tuple[OutboxItem, ...]:
    """A note in each channel from which the message is taken; ``note`` gives its words for a
    channel."""
    posts = [(one, _channel_of(one.order_group)) for one in changes]
    return tuple(
        replace(
            one,
            key=f"{one.key}:note",
            call=Post(InChannel(channel), Content(note(channel), sections(note(channel)))),
            about=f"announcement-note:{announcement.id}",
        )
        for one, channel in posts
    )


async def progress_of_change(
    announcement: Announcement, store: Store, coming: Sequence[OutboxItem] = ()
) -> Progress | None:
    """How far the latest correction or the recall is, ``coming`` as above; ``None`` where there was
    none."""
    corrected = announcement.state is State.SENT and announcement.corrections
    if not corrected and announcement.state is not State.RECALLED:
        return None
    concerning = _about_change(announcement)
    outcomes = await store.outcomes_about(concerning)
    latest = {_channel_of(one.order_group): one for one in outcomes}
    return _progress({**latest, **_waiting(coming, concerning)})


def _mark(announcement: Announcement) -> str:
    recalled = announcement.state is State.RECALLED
    return "recall" if recalled else f"correct{announcement.corrections}"


def _about_change(announcement: Announcement) -> str:
    return f"announcement-change:{announcement.id}:{_mark(announcement)}"
