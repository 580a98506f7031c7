"""Who may do what the helpdesk and the admins do: members of their channels."""

from handlers.desk import Desk
from helpdesk.errors import RolesUnknown


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
