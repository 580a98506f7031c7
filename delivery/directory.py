"""Who people are, remembered for a while so that an answer need not wait for Slack."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

import structlog

from delivery.errors import SlackError
from delivery.gateway import Gateway
from helpdesk.people import Person

REMEMBERED_FOR = 3600.0
"""Seconds. ``user_change`` events correct it sooner."""
IN_ROLE_FOR = 30.0
"""Seconds, of people with a role where there are several replicas: such an event reaches one alone,
and who became a guest may act no more. All others may only ask, before as after."""
MOST_REMEMBERED = 20_000
ANSWER_WITHIN = 1.0
"""Seconds; an event must be acknowledged within three."""

NOT_OURS = ("user_not_found", "user_not_visible")
"""What Slack answers about people outside whom it does not show us
(docs.slack.dev/reference/methods/users.info)."""

log = structlog.get_logger()


class Directory:
    """Looks people up in Slack and remembers them, those of whom ``has_role`` holds for a shorter
    time; never raises."""

    def __init__(
        self,
        gateway: Gateway,
        team: str,
        enterprise: str = "",
        now: Callable[[], float] = time.monotonic,
        *,
        has_role: Callable[[str], bool] = lambda user: False,
    ) -> None:
        self._gateway = gateway
        self._team = team
        self._enterprise = enterprise
        self._now = now
        self._has_role = has_role
        self._people: OrderedDict[str, tuple[float, Person]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[Person]] = {}

    async def person(self, user: str) -> Person:
        """The person; one of whom Slack tells nothing in time has an id only."""
        remembered = self._people.get(user)
        if remembered and remembered[0] + self._kept_for(user) > self._now():
            return remembered[1]
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                return await asyncio.shield(self._asked(user))
        except (TimeoutError, SlackError) as error:
            log.info("person not looked up", user=user, reason=str(error) or "too slow")
            hidden = isinstance(error, SlackError) and error.code in NOT_OURS
            unknown = Person(user, self._team, user, outsider=hidden)
            return remembered[1] if remembered else unknown

    def _kept_for(self, user: str) -> float:
        return IN_ROLE_FOR if self._has_role(user) else REMEMBERED_FOR

    def forget(self, user: str) -> None:
        self._people.pop(user, None)

    def _asked(self, user: str) -> asyncio.Task[Person]:
        if user not in self._asking:
            task = asyncio.create_task(self._ask(user))
            task.add_done_callback(lambda done: self._asking.pop(user, None))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._asking[user] = task
        return self._asking[user]

    async def _ask(self, user: str) -> Person:
        person = await self._gateway.person(user, self._team, self._enterprise)
        self._people[user] = (self._now(), person)
        while len(self._people) > MOST_REMEMBERED:
            self._people.popitem(last=False)
        return person
