"""The app under test as Slack knows it: its scopes, events, commands and shortcuts.

Taken from the app manifest (docs.slack.dev/reference/app-manifest). Without a manifest the app may
do everything and every command exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.conversation import Json

ALL_SCOPES = frozenset(
    [
        "app_mentions:read",
        "channels:history",
        "channels:join",
        "channels:manage",
        "channels:read",
        "chat:write",
        "chat:write.customize",
        "chat:write.public",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "groups:write",
        "im:history",
        "im:read",
        "im:write",
        "metadata.message:read",
        "reactions:read",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
    ]
)

# Any one of these scopes is needed to be told the event (docs.slack.dev/reference/events).
EVENT_SCOPES: Mapping[str, tuple[str, ...]] = {
    "app_mention": ("app_mentions:read",),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "user_change": ("users:read",),
    "channel_archive": ("channels:read",),
    "channel_unarchive": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_created": ("channels:read",),
    "channel_left": ("channels:read",),
    "group_archive": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "group_rename": ("groups:read",),
    "group_left": ("groups:read",),
}


@dataclass(frozen=True, slots=True)
class App:
    """`events` is None when every event is subscribed to; commands None when all exist."""

    id: str
    name: str
    scopes: frozenset[str]
    events: frozenset[str] | None
    commands: tuple[Json, ...] | None
    shortcuts: tuple[Json, ...] | None
    home_tab: bool = True
    messages_tab: bool = True

    def hears(self, event: str) -> bool:
        """Whether the app is told an event of this subscription name."""
        needed = EVENT_SCOPES.get(event)
        if needed is not None and not self.scopes.intersection(needed):
            return False
        return self.events is None or event in self.events

    def command(self, name: str) -> Json | None:
        if self.commands is None:
            return {"command": name}
        return next((entry for entry in self.commands if entry["command"] == name), None)

    def shortcut(self, callback_id: str, kind: str) -> Json | None:
        if self.shortcuts is None:
            return {"callback_id": callback_id, "type": kind, "name": callback_id}
        for entry in self.shortcuts:
            if entry["callback_id"] == callback_id and entry["type"] == kind:
                return entry
        return None


def read_manifest(app_id: str, name: str, manifest: Mapping[str, Any] | None) -> App:
    """The app of a manifest given as a mapping (YAML or JSON already parsed)."""
    if manifest is None:
        return App(app_id, name, ALL_SCOPES, None, None, None)
    features = manifest.get("features") or {}
    home = features.get("app_home") or {}
    settings = manifest.get("settings") or {}
    oauth = (manifest.get("oauth_config") or {}).get("scopes") or {}
    subscriptions = settings.get("event_subscriptions") or {}
    return App(
        app_id,
        str((manifest.get("display_information") or {}).get("name") or name),
        frozenset(oauth.get("bot") or ()),
        frozenset(subscriptions.get("bot_events") or ()),
        tuple(features.get("slash_commands") or ()),
        tuple(features.get("shortcuts") or ()),
        home_tab=bool(home.get("home_tab_enabled")),
        messages_tab=bool(home.get("messages_tab_enabled"))
        and not home.get("messages_tab_read_only_enabled"),
    )
