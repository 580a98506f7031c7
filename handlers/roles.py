"""Who may do what the helpdesk and the admins do: members of their channels."""

from dataclasses import dataclass

from handlers.commands import Role
from handlers.desk import Desk
from handlers.ports import People, Roles
from helpdesk.errors import RolesUnknown


@dataclass(frozen=True)
class StaffRoles:
    """Role channels, in which guests, people of other organisations, bots and deactivated people
    have no role although they are members."""

    roles: Roles
    people: People

    async def is_member(self, channel: str, user: str) -> bool:
        """Whether the person has the channel's role. Raises ``RolesUnknown``."""
        person = await self.people.person(user)
        if person.may_only_ask or person.bot or person.deactivated:
            return False
        return await self.roles.is_member(channel, user)

    async def members(self, channel: str) -> frozenset[str]:
        return await self.roles.members(channel)

    async def channels_of(self, user: str) -> frozenset[str]:
        return await self.roles.channels_of(user)

    def joined(self, channel: str, user: str) -> None:
        self.roles.joined(channel, user)

    def left(self, channel: str, user: str) -> None:
        self.roles.left(channel, user)


async def is_agent(user: str, desk: Desk) -> bool:
    """Whether the person is in a tier channel or the admin channel now. Guests and people of other
    organisations never are; nor is anybody while Slack does not tell."""
    person = await desk.people.person(user)
    if person.may_only_ask or person.bot or person.deactivated:
        return False
    for channel in (*desk.tier_channels, desk.admin_channel):
        try:
            if channel and await desk.roles.is_member(channel, user):
                return True
        except RolesUnknown:
            continue
    return False


async def roles_of(user: str, desk: Desk) -> frozenset[Role]:
    """For which commands somebody is shown the help."""
    if not await is_agent(user, desk):
        return frozenset({Role.EVERYBODY})
    try:
        admin = await desk.roles.is_member(desk.admin_channel, user)
    except RolesUnknown:
        admin = False
    return frozenset(Role) if admin else frozenset({Role.EVERYBODY, Role.AGENTS})
