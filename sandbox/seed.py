"""The cast and the channels a fresh workspace begins with; ids are fixed and readable."""

from collections.abc import Callable

from sandbox.conversation import ChannelKind
from sandbox.workspace import Person, PersonKind, UserGroup, Workspace

TEAM_ID = "T0NORTHWIND"
OTHER_TEAM_ID = "T0CONTOSO"
APP_ID = "A0SIGNPOST"
BOT_USER_ID = "U0SIGNPOST"
BOT_ID = "B0SIGNPOST"

# Slack's interface had no Dutch or Swedish confirmed, so people carry what they would in life:
# bram English (UK), femke nothing better than English (US).
_USERS = (
    # name, real name, language, locale, zone, title
    ("alice", "Alice Archer", "en", "en-US", "Europe/London", "Sales"),
    ("adam", "Adam Abbott", "en", "en-GB", "Europe/London", "Retail"),
    ("bram", "Bram Bakker", "nl", "en-GB", "Europe/Amsterdam", "Sales"),
    ("femke", "Femke Faber", "nl", "en-US", "Europe/Amsterdam", "HR"),
    ("sven", "Sven Sundin", "sv", "sv-SE", "Europe/Stockholm", "Retail"),
    ("linnea", "Linnea Lind", "sv", "en-US", "Europe/Stockholm", "IT"),
    ("mei", "陳美玲", "zh-Hant", "zh-TW", "Asia/Taipei", "Sales"),
    ("wei", "林志偉", "zh-Hant", "en-US", "Asia/Taipei", "Retail"),
)
_AGENTS = (
    ("tia", "Tia Torres", 1),
    ("tom", "Tom Tanner", 1),
    ("tess", "Tess Thorne", 2),
    ("ted", "Ted Tully", 2),
    ("tara", "Tara Trent", 3),
    ("theo", "Theo Tate", 3),
)
_ADMINS = (("ada", "Ada Ashby"), ("axel", "Axel Alder"))

EVERYONE = tuple(name for name, *_ in (*_USERS, *_AGENTS, *_ADMINS))

_PUBLIC = {
    "ask-it": EVERYONE,
    "general": (*EVERYONE, "gus"),
    "random": EVERYONE,
    "sales": ("alice", "bram", "mei", "ada"),
    "retail": ("adam", "sven", "wei", "axel"),
    "it": ("linnea", "tia", "tom", "tess", "ted", "tara", "theo", "ada", "axel"),
    "hr": ("femke", "ada"),
    "archived-project": ("alice", "bram"),
    "partners": ("alice", "ada", "pat"),
}
_PRIVATE = {
    "tier-1": ("tia", "tom"),
    "tier-2": ("tess", "ted"),
    "tier-3": ("tara", "theo"),
    "rollout-admins": ("ada", "axel"),
}
_BOT_IS_IN = ("ask-it", "general", "tier-1", "tier-2", "tier-3", "rollout-admins")


def user_id(name: str) -> str:
    """`alice` -> `U0ALICE`."""
    return f"U0{name.upper()}"


def channel_id(name: str) -> str:
    """`ask-it` -> `C0ASKIT`, `tier-1` -> `C0TIER1`."""
    return f"C0{name.replace('-', '').upper()}"


def northwind(real: Callable[[], float], team_id: str = TEAM_ID) -> Workspace:
    """The workspace "Northwind Rehearsal" with its cast; `real` gives Unix seconds. With another
    `team_id` it is another workspace in which the same people work."""
    workspace = Workspace(team_id, "Northwind Rehearsal", "northwind-rehearsal", real)
    _add_people(workspace)
    _add_channels(workspace)
    _add_groups(workspace)
    return workspace


def _add_people(workspace: Workspace) -> None:
    team = workspace.team_id
    bot = Person(BOT_USER_ID, "signpost", "Signpost", PersonKind.BOT, team, bot_id=BOT_ID)
    workspace.add_person(bot)
    for name, real_name, language, locale, zone, title in _USERS:
        workspace.add_person(
            Person(
                user_id(name),
                name,
                real_name,
                PersonKind.USER,
                team,
                language,
                locale,
                zone,
                title,
            )
        )
    for name, real_name, tier in _AGENTS:
        agent = Person(user_id(name), name, real_name, PersonKind.AGENT, team, tier=tier)
        agent.title = f"Helpdesk, tier {tier}"
        workspace.add_person(agent)
    for name, real_name in _ADMINS:
        admin = Person(user_id(name), name, real_name, PersonKind.ADMIN, team)
        admin.title = "Rollout team"
        workspace.add_person(admin)
    workspace.add_person(Person(user_id("gus"), "gus", "Gus Grant", PersonKind.GUEST, team))
    workspace.add_person(
        Person(user_id("pat"), "pat", "Pat Partner", PersonKind.EXTERNAL, OTHER_TEAM_ID)
    )


def _add_channels(workspace: Workspace) -> None:
    for names, kind in ((_PUBLIC, ChannelKind.PUBLIC), (_PRIVATE, ChannelKind.PRIVATE)):
        for name, members in names.items():
            ids = [user_id(member) for member in members]
            if name in _BOT_IS_IN:
                ids.append(BOT_USER_ID)
            workspace.add_channel(channel_id(name), name, kind, ids, user_id("ada"))
    workspace.channel("archived-project").is_archived = True
    workspace.channel("partners").is_ext_shared = True
    workspace.channel("ask-it").topic = "Questions about enrolling your device"
    for person in list(workspace.people.values()):
        if not person.is_bot and person.kind is not PersonKind.EXTERNAL:
            workspace.direct_message(person.id, BOT_USER_ID)


def _add_groups(workspace: Workspace) -> None:
    for tier in (1, 2, 3):
        users = tuple(user_id(name) for name, _, of in _AGENTS if of == tier)
        group = UserGroup(f"S0TIER{tier}", f"tier{tier}", f"Helpdesk tier {tier}", users)
        workspace.groups[group.id] = group
