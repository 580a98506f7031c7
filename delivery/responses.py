"""What Slack's Web API answers, read into our own types."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from helpdesk.people import Person


@dataclass(frozen=True)
class Identity:
    """Who the bot is (docs.slack.dev/reference/methods/auth.test)."""

    team: str
    user: str
    bot: str
    url: str
    enterprise: str | None = None


@dataclass(frozen=True)
class Channel:
    """A conversation. ``shared``: people of other organisations are in it, or invited."""

    id: str
    name: str
    private: bool
    archived: bool
    shared: bool
    member: bool


@dataclass(frozen=True)
class FoundMessage:
    """One of our messages, found by its key."""

    channel: str
    ts: str
    thread_ts: str | None


def read_identity(answer: Mapping[str, Any]) -> Identity:
    return Identity(
        team=str(answer["team_id"]),
        user=str(answer["user_id"]),
        bot=str(answer.get("bot_id", "")),
        url=str(answer.get("url", "")),
        enterprise=answer.get("enterprise_id"),
    )


def read_channel(channel: Mapping[str, Any]) -> Channel:
    return Channel(
        id=str(channel["id"]),
        name=str(channel.get("name", "")),
        private=bool(channel.get("is_private")),
        archived=bool(channel.get("is_archived")),
        shared=any(
            channel.get(mark) for mark in ("is_ext_shared", "is_shared", "is_pending_ext_shared")
        ),
        member=bool(channel.get("is_member")),
    )


def read_person(user: Mapping[str, Any], team: str, enterprise: str = "") -> Person:
    """docs.slack.dev/reference/objects/user-object. Names may be missing for people outside. Who is
    of neither our team nor our organisation (``enterprise``, where there is one) is an outsider."""
    profile = user.get("profile") or {}
    name = profile.get("display_name") or profile.get("real_name") or user.get("name")
    return Person(
        id=str(user["id"]),
        team=str(user.get("team_id", "")),
        name=str(name or user["id"]),
        locale=str(user.get("locale") or ""),
        timezone=str(user.get("tz") or ""),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        outsider=_is_outside(user, team, enterprise),
        bot=bool(user.get("is_bot")),
        deactivated=bool(user.get("deleted")),
    )


def _is_outside(user: Mapping[str, Any], team: str, enterprise: str) -> bool:
    """``is_stranger`` is false for people of other organisations in a channel shared with us, so
    their team has to tell (docs.slack.dev/apis/slack-connect)."""
    theirs = user.get("team_id")
    if user.get("is_stranger"):
        return True
    if not theirs or theirs == team:
        return False
    organisation = (user.get("enterprise_user") or {}).get("enterprise_id")
    return not enterprise or organisation != enterprise


def read_found(message: Mapping[str, Any], channel: str) -> FoundMessage:
    thread = message.get("thread_ts")
    return FoundMessage(channel, str(message["ts"]), str(thread) if thread else None)
