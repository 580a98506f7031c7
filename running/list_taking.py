"""Lists of devices that were uploaded in Slack, taken over one after the other beside everything
else: Slack tells who people are at its own pace."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import structlog

from delivery.address_book import AddressBook
from delivery.errors import AccessLost, Refused, SlackError
from delivery.gateway import Gateway
from handlers.announcing_desk import AnnouncingDesk
from handlers.enrolled_import import Matches, take_list
from handlers.enrolled_upload import not_taken, taken_over
from rollout.device_list import read_devices
from rollout.enrolled import UploadedList
from rollout.errors import TableRefused
from rollout.plan import Group
from rollout.turns import groups_that_enroll
from storage.errors import Conflict
from storage.kinds import UPLOADED_LIST
from storage.port import Commit
from storage.records import Stored

log = structlog.get_logger()


class ListTaker:
    """Takes over the lists that wait. One that could not be finished is begun again, which does no
    harm."""

    def __init__(self, gateway: Gateway, desk: AnnouncingDesk, now: Callable[[], datetime]) -> None:
        self._gateway = gateway
        self._desk = desk
        self._now = now

    async def run_once(self) -> None:
        """Every list that waits now. One that Slack does not help with waits for the next time."""
        desk = self._desk
        for stored in await desk.store.find(UPLOADED_LIST, "waiting", desk.team):
            try:
                commit = await self._taken(stored)
                await desk.store.commit(commit)
            except Conflict:
                log.info("another process took the list over", list=stored.record.id)
            except SlackError as error:
                log.warning("the list of devices waits", code=error.code)

    async def _taken(self, stored: Stored[UploadedList]) -> Commit:
        """What became of one list."""
        desk, uploaded = self._desk, stored.record
        try:
            content = await self._gateway.file_content(uploaded.file)
            listed = read_devices(content, "list", self._now())
            book = AddressBook(self._gateway)
            users = await book.users(listed.people)
        except TableRefused as refused:
            return not_taken(stored, "", refused.findings, desk, self._now())
        except (Refused, AccessLost) as error:
            return not_taken(stored, error.code, (), desk, self._now())
        groups = groups_that_enroll(desk.plan, desk.planned)
        matches = Matches(users, await groups_of(users.values(), groups, book))
        taken = await take_list(listed, matches, desk.store, desk.team, self._now())
        return taken_over(stored, listed, taken, desk, self._now())


async def groups_of(
    users: Iterable[str], groups: Sequence[Group], book: AddressBook
) -> Mapping[str, str]:
    """User id to the first of the groups in whose user group or channels they are."""
    left, found = set(users), dict[str, str]()
    for group in groups:
        for place in group.places:
            if not left:
                return found
            inside = left & await _members(place, book)
            found |= dict.fromkeys(inside, group.id)
            left -= inside
    return found


async def _members(place: str, book: AddressBook) -> frozenset[str]:
    """Nobody, of what Slack does not show to the bot."""
    try:
        return await book.members(place)
    except AccessLost:
        raise
    except SlackError:
        return frozenset()
