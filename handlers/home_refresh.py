"""App Home follows the tickets in it: published anew a moment after one of them changed.

All changes of a few seconds make one publication a person, and only for who looked at their tab of
late. What waits for a whole tier is not followed: that would publish to everybody in it at every
question. It is true when the tab is opened, or refreshed by its button.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from handlers.decision import Decision
from handlers.desk import Desk
from handlers.home import home_item
from handlers.home_due import REFRESH
from helpdesk.home import home_tab_id, is_looked_at
from storage.kinds import HOME_TAB
from storage.outbox import DueCommand
from storage.port import Commit

Decider: TypeAlias = Callable[[DueCommand, datetime], Awaitable[Commit]]


def home_deciders(desk: Desk) -> Mapping[str, Decider]:
    """The decider of the due commands that refresh a tab, by the command's name."""

    async def refresh(command: DueCommand, now: datetime) -> Commit:
        return (await decide_refresh(command, desk, now)).commit(now)

    return {REFRESH: refresh}


async def decide_refresh(command: DueCommand, desk: Desk, now: datetime) -> Decision:
    """The tab as it stands now, unless nobody looks at it."""
    user = command.about.removeprefix("home:")
    stored = await desk.store.get(HOME_TAB, home_tab_id(command.team, user))
    if stored is None or not is_looked_at(stored.record, now.date()):
        return Decision()
    return Decision(outbox=(await home_item(command.team, user, command.key, desk, now),))
