"""Slack's Web API, as far as a bot of this kind uses it; everything else is `unknown_method`."""

from sandbox.webapi import (
    apps,
    chat,
    conversations,
    files,
    history,
    reactions,
    usergroups,
    users,
    views,
)
from sandbox.webapi.call import METHODS, Call, Method

__all__ = [
    "METHODS",
    "Call",
    "Method",
    "apps",
    "chat",
    "conversations",
    "files",
    "history",
    "reactions",
    "usergroups",
    "users",
    "views",
]
