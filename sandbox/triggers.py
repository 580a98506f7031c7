"""Triggers: each opens one view, within three seconds of the interaction.

docs.slack.dev/interactivity/handling-user-interaction
"""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.errors import SlackRefusal
from sandbox.workspace import short_id

LIVES_FOR = 3.0
REMEMBERED = 1_000


@dataclass(slots=True)
class Trigger:
    user: str
    issued: float
    view: str | None = None
    used: bool = False


class Triggers:
    """Issues trigger ids and takes each back once; `real` gives Unix seconds."""

    def __init__(self, real: Callable[[], float], lives_for: float = LIVES_FOR) -> None:
        self._real = real
        self.lives_for = lives_for
        self._issued: dict[str, Trigger] = {}

    def issue(self, user: str, view: str | None = None) -> str:
        """A trigger for an interaction of `user`, made inside `view` if given."""
        trigger_id = f"{int(self._real() * 1000)}.10001.{short_id('').lower()}"
        self._issued[trigger_id] = Trigger(user, self._real(), view)
        if len(self._issued) > REMEMBERED:
            del self._issued[next(iter(self._issued))]
        return trigger_id

    def exchange(self, trigger_id: str) -> Trigger:
        """Uses a trigger up; refused `invalid_trigger_id`, `exchanged_…`, `expired_…`."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise SlackRefusal("invalid_trigger_id")
        if trigger.used:
            raise SlackRefusal("exchanged_trigger_id")
        if self._real() - trigger.issued > self.lives_for:
            raise SlackRefusal("expired_trigger_id")
        trigger.used = True
        return trigger
