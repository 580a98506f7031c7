"""A new draft with its card, and a draft put away."""

from datetime import datetime

from handlers.announcing_desk import Situation
from handlers.announcing_showing import card_key, new_card, shown_card
from handlers.announcing_waiting import announce_command
from handlers.decision import Decision
from rollout.announcement import Announcement
from storage.kinds import ANNOUNCEMENT
from storage.outbox import ItemMessage, OutboxItem, Withdraw
from storage.port import Put
from storage.records import NEW, Stored


async def new_draft(
    announcement: Announcement, around: Situation, now: datetime, version: int = NEW
) -> Decision:
    """A new draft with its card; ``version`` is that of a deleted draft in whose place it comes."""
    content, _ = await shown_card(announcement, around.with_moved(announcement), now)
    return Decision(
        puts=(Put(ANNOUNCEMENT, announcement, version),),
        outbox=(new_card(announcement, content, around.desk, now),),
    )


def put_away(stored: Stored[Announcement], deleted: Announcement, now: datetime) -> Decision:
    """The draft is deleted, and its card is gone."""
    key = card_key(deleted)
    gone = OutboxItem(
        key=f"{key}:gone",
        team=deleted.team,
        order_group=f"announcement-card/{deleted.id}",
        call=Withdraw(ItemMessage(key)),
        due_at=now,
    )
    return Decision(
        puts=(Put(ANNOUNCEMENT, deleted, stored.version),),
        outbox=(gone,) if deleted.cards else (),
        cancels=(announce_command(deleted).key,),
    )
