"""The admins' card posted, and shown anew after every change."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from handlers.announcing_card import Card, Progress, card_content
from handlers.announcing_deliveries import progress_of, progress_of_change
from handlers.announcing_desk import AnnouncingDesk, Situation
from handlers.announcing_quotes import group_of
from handlers.announcing_waiting import announce_command, commands_of
from handlers.decision import Decision
from helpdesk.errors import HelpdeskError
from rollout.announcement import NOT_OUT_YET, Announcement, State
from storage.kinds import ANNOUNCEMENT
from storage.outbox import Content, Edit, InChannel, ItemMessage, OutboxItem, Post
from storage.port import Put
from storage.records import Stored

PEOPLE_COUNTED_IN = 10
"""Channels whose members are counted for a card; Slack allows about 100 such questions a minute
(docs.slack.dev/reference/methods/conversations.members)."""
COUNT_WITHIN = 1.0


async def shown_card(
    announcement: Announcement,
    around: Situation,
    now: datetime,
    coming: Sequence[OutboxItem] = (),
) -> tuple[Content, Progress]:
    """The card as it stands, and how far the sending is; ``coming`` are items that are committed
    together with it."""
    desk = around.desk
    progress = await progress_of(announcement, desk.store, coming)
    people = await _people(announcement, desk)
    card = Card(
        announcement=announcement,
        title=around.title(announcement),
        flaws=around.flaws(announcement) if announcement.state is State.DRAFT else (),
        progress=progress,
        people={channel: len(there) for channel, there in people.items()},
        people_in_all=_in_all(announcement, people, desk),
        quoted=group_of(around.quotes.get(announcement.quote), desk.plan, desk.default_language),
        change=await progress_of_change(announcement, desk.store, coming),
        sponsor_user=desk.plan.sponsor.user,
        now=now,
        language=desk.default_language,
        zone=desk.zone,
    )
    return card_content(card, desk.say), progress


def card_key(announcement: Announcement) -> str:
    return f"announcement-card:{announcement.id}:{announcement.cards}"


def new_card(
    announcement: Announcement, content: Content, desk: AnnouncingDesk, now: datetime
) -> OutboxItem:
    """The card posted in the admin channel."""
    return _card_item(
        card_key(announcement), announcement, Post(InChannel(desk.admin_channel), content), now
    )


def card_again(
    announcement: Announcement, content: Content, mark: str, now: datetime
) -> tuple[OutboxItem, ...]:
    """The card shown anew; nothing where none was posted. ``mark`` tells showings apart."""
    if not announcement.cards:
        return ()
    key = card_key(announcement)
    return (_card_item(f"{key}:{mark}", announcement, Edit(ItemMessage(key), content), now),)


def _card_item(
    key: str, announcement: Announcement, call: Post | Edit, now: datetime
) -> OutboxItem:
    return OutboxItem(
        key=key,
        team=announcement.team,
        order_group=f"announcement-card/{announcement.id}",
        call=call,
        due_at=now,
        about=f"announcement-card:{announcement.id}",
    )


async def changed(
    stored: Stored[Announcement],
    announcement: Announcement,
    around: Situation,
    now: datetime,
    outbox: Sequence[OutboxItem] = (),
) -> Decision:
    """The announcement as it stands now, its card shown anew, and its due command kept in step."""
    content, _ = await shown_card(announcement, around.with_moved(announcement), now, outbox)
    card = card_again(announcement, content, f"v{stored.version + 1}", now)
    scheduled = announcement.state is State.SCHEDULED
    return Decision(
        puts=(Put(ANNOUNCEMENT, announcement, stored.version),),
        outbox=(*outbox, *card),
        due=commands_of(announcement, around.desk.plan, now) if scheduled else (),
        cancels=() if scheduled else (announce_command(announcement).key,),
    )


async def _people(announcement: Announcement, desk: AnnouncingDesk) -> Mapping[str, frozenset[str]]:
    """Who is in the first channels, as far as Slack tells in time."""
    found: dict[str, frozenset[str]] = {}
    if announcement.state not in NOT_OUT_YET:
        return found
    try:
        async with asyncio.timeout(COUNT_WITHIN):
            for one in announcement.audience[:PEOPLE_COUNTED_IN]:
                try:
                    found[one.channel] = await desk.roles.members(one.channel)
                except HelpdeskError:
                    continue
    except TimeoutError:
        return found
    return found


def _in_all(
    announcement: Announcement, people: Mapping[str, frozenset[str]], desk: AnnouncingDesk
) -> int | None:
    """How many different people are told: counted where Slack told of every channel, else as the
    plan has it for the group, else not known."""
    if announcement.audience and len(people) == len(announcement.audience):
        return len(frozenset().union(*people.values()))
    group = desk.plan.group(announcement.group)
    return group.people if group and group.people and announcement.state in NOT_OUT_YET else None
