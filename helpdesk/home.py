"""What is kept of a person's App Home: when they looked last, and how far they turned its pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

LOOKED_WITHIN = timedelta(days=7)
"""A tab that nobody opened for so long is not published anew by itself; opening it does that."""


@dataclass(frozen=True)
class HomeTab:
    """``pages`` says by section which page is shown, from 0; what is not in it shows the first."""

    id: str
    team: str
    user: str
    opened_on: date
    pages: Mapping[str, int] = field(default_factory=dict)


def home_tab_id(team: str, user: str) -> str:
    """The id of a person's tab."""
    return f"{team}/{user}"


def is_looked_at(tab: HomeTab | None, today: date) -> bool:
    """Whether the tab is worth being published anew by itself."""
    return tab is not None and today - tab.opened_on <= LOOKED_WITHIN
