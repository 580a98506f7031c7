"""Who tries: each role of the permission matrix as one person of the cast."""

from collections.abc import Mapping

ROLES: Mapping[str, str] = {
    "asker": "alice",
    "third": "adam",
    "guest": "gus",
    "stranger": "pat",
    "holder1": "tia",
    "tier1": "tom",
    "tier2": "tess",
    "tier3": "tara",
    "author": "ada",
    "admin": "axel",
    "sponsor": "femke",
    "deactivated": "theo",
}
"""``holder1`` works on the tickets of tier 1, ``author`` is an admin who wrote the announcements,
``sponsor`` is named in the plan and in no role's channel."""

INTRUDERS = ("gus", "pat", "theo")
"""A guest, a person of another organisation and a deactivated person, who are in every role's
channel all the same."""

ROLE_CHANNELS = ("tier-1", "tier-2", "tier-3", "rollout-admins")
