"""The forms of announcing."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from handlers.announcing_blocks import OPTION_TEXT, live_lines, option, plain, sections
from handlers.announcing_words import language_name
from handlers.catalogue import Say, long_date
from handlers.rich_text import rich_text, words
from handlers.text import shortened
from knowledge.article import Language, Platform
from rollout.announcement import Announcement
from rollout.messages import Message
from rollout.schedule import Planned
from storage.outbox import Block

FREE = "free"
QUOTED, NO_QUOTE = "quoted", "none"
OPTIONS, MODAL_TITLE = 100, 24
"""docs.slack.dev/reference/block-kit: static select; docs.slack.dev/surfaces/modals: view."""


_CHANNELS_OF_OURS: Mapping[str, Any] = {
    "include": ["public", "private"],
    "exclude_external_shared_channels": True,
}


class Form(StrEnum):
    """The forms, by their callback ids."""

    CHOOSE = "announcing.choose"
    FREE = "announcing.free"
    EDIT = "announcing.edited"
    AUDIENCE = "announcing.addressed"
    MOVE = "announcing.moved"
    CONFIRM = "announcing.confirmed"
    QUOTE = "announcing.quoted"
    REPLACE = "announcing.replaced"
    PLATFORM = "announcement.platform"
    CLOSED = "announcement.closed"


_PHASES: Mapping[str, str] = {
    "kickoff": "message-kickoff",
    "kickoff-again": "message-kickoff-again",
    "pre-enrollment-1": "message-pre-enrollment-1",
    "pre-enrollment-2": "message-pre-enrollment-2",
    "enrollment": "message-enrollment",
    "post-enrollment": "message-post-enrollment",
}


def choose_form(planned: Sequence[Planned], language: Language, zone: str, say: Say) -> Block:
    """Which message to prepare: one of the plan, or a free one."""
    options = [option(say("announcing-free"), FREE)]
    options += [option(planned_label(one, language, zone, say), one.id) for one in planned]
    several = (
        {"options": options} if len(options) <= OPTIONS else {"option_groups": _pages(options)}
    )
    select = {
        "type": "static_select",
        "action_id": "planned",
        "placeholder": plain(say("announcing-choose-placeholder")),
        **several,
    }
    return _modal(
        Form.CHOOSE,
        say("announcing-choose-title"),
        say("announcing-choose-submit"),
        say,
        [_input("planned", say("announcing-choose-label"), select)],
    )


def _pages(options: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """More options than a menu takes, in groups labelled by their first and last."""
    pages = [options[first : first + OPTIONS] for first in range(0, len(options), OPTIONS)]
    return [
        {"label": plain(shortened(_ends_of(page), OPTION_TEXT)), "options": list(page)}
        for page in pages[:OPTIONS]
    ]


def _ends_of(page: Sequence[Mapping[str, Any]]) -> str:
    ends = (page[0], page[-1])
    return " … ".join(str(one["text"]["text"]).partition(" · ")[0] for one in ends)


def planned_label(one: Planned, language: Language, zone: str, say: Say) -> str:
    """A planned message in one line of words, with its day."""
    day = long_date(one.at.astimezone(ZoneInfo(zone)).date(), language)
    return f"{day} · {planned_name(one, language, say)}"


def planned_name(one: Planned, language: Language, say: Say) -> str:
    """Which message it is, to whom."""
    batch = f" {one.batch}" if one.batch > 1 else ""
    return f"{one.group.name(language)} · {say(_PHASES[one.template])}{batch}"


def message_inputs(message: Message | None, say: Say) -> list[Block]:
    """The parts of a message, to be written."""
    title, body, action, help_ = message.parts if message else ("", "", "", "")
    return [
        _input("title", say("announcing-part-title"), _text("title", title, 150)),
        _input("body", say("announcing-part-body"), _text("body", body, 3_000, True)),
        _input("action", say("announcing-part-action"), _text("action", action, 300)),
        _input("help", say("announcing-part-help"), _text("help", help_, 300)),
    ]


def free_form(groups: Sequence[tuple[str, str]], at: datetime, zone: str, say: Say) -> Block:
    """A message that stands in no plan; ``groups`` are ids and names."""
    blocks = message_inputs(None, say)
    if groups:
        select = {
            "type": "multi_static_select",
            "action_id": "groups",
            "options": [option(name, group_id) for group_id, name in groups[:OPTIONS]],
        }
        blocks.append(_optional(_input("groups", say("announcing-groups"), select)))
    channel = {
        "type": "conversations_select",
        "action_id": "channel",
        "filter": _CHANNELS_OF_OURS,
    }
    blocks.append(_optional(_input("channel", say("announcing-channel-also"), channel)))
    blocks += _moment_inputs(at, zone, say)
    return _modal(
        Form.FREE, say("announcing-free-title"), say("announcing-free-submit"), say, blocks
    )


def edit_form(
    announcement: Announcement, language: Language, message: Message | None, say: Say
) -> Block:
    """The words of one language."""
    return _modal(
        Form.EDIT,
        say("announcing-edit-title"),
        say("announcing-edit-submit"),
        say,
        [
            live_lines(say("announcing-edit-in", language=language_name(language, say))),
            *message_inputs(message, say),
        ],
        {
            "id": announcement.id,
            "language": language,
            "revision": str(announcement.revision),
        },
    )


def audience_form(announcement: Announcement, language: Language, say: Say) -> Block:
    """Which channels; ``language`` is what channels that come anew are told in at first."""
    select = {
        "type": "multi_conversations_select",
        "action_id": "channels",
        "filter": _CHANNELS_OF_OURS,
    }
    if channels := [one.channel for one in announcement.audience]:
        select["initial_conversations"] = channels
    options = [option(language_name(one, say), one) for one in Language]
    radio = {
        "type": "radio_buttons",
        "action_id": "language",
        "options": options,
        "initial_option": options[list(Language).index(language)],
    }
    return _modal(
        Form.AUDIENCE,
        say("announcing-audience-title"),
        say("announcing-edit-submit"),
        say,
        [
            _input("channels", say("announcing-audience-channels"), select),
            _input("language", say("announcing-audience-language"), radio),
        ],
        {"id": announcement.id},
    )


def quote_form(
    announcement: Announcement, offered: Sequence[tuple[str, str, str]], chosen: str, say: Say
) -> Block:
    """Whose words are quoted; ``offered`` are tokens, groups and words, ``chosen`` the token of
    what is quoted now. A menu shows their beginning, the lines above it all of them."""
    lines = [words(f"{number}. {said}\n") for number, (_, _, said) in enumerate(offered, 1)]
    options = [option(say("announcing-quote-none"), NO_QUOTE)]
    options += [
        option(f"{number}. {group}: {said}", token)
        for number, (token, group, said) in enumerate(offered, 1)
    ]
    initial = next((one for one in options if one["value"] == chosen), options[0])
    select = {
        "type": "static_select",
        "action_id": QUOTED,
        "options": options,
        "initial_option": initial,
    }
    return _modal(
        Form.QUOTE,
        say("announcing-quote-title"),
        say("announcing-edit-submit"),
        say,
        [
            live_lines(say("announcing-quote-lead")),
            rich_text(*lines),
            _input(QUOTED, say("announcing-quote-label"), select),
        ],
        {"id": announcement.id, "revision": str(announcement.revision)},
    )


def move_form(announcement: Announcement, in_plan: bool, zone: str, say: Say) -> Block:
    """When instead, and what moves along."""
    blocks = _moment_inputs(announcement.sends_at, zone, say)
    scopes = [option(say("announcing-scope-one"), "one")]
    if in_plan:
        scopes.append(option(say("announcing-scope-group"), "group"))
        scopes.append(option(say("announcing-scope-following"), "following"))
    radio = {
        "type": "radio_buttons",
        "action_id": "scope",
        "options": scopes,
        "initial_option": scopes[0],
    }
    blocks.append(_input("scope", say("announcing-scope"), radio))
    return _modal(
        Form.MOVE,
        say("announcing-move-title"),
        say("announcing-move-submit"),
        say,
        blocks,
        {"id": announcement.id},
    )


def confirm_form(lines: Sequence[str], metadata: Mapping[str, str], say: Say) -> Block:
    """What is before and what is after; sending it in confirms."""
    return _modal(
        Form.CONFIRM,
        say("announcing-confirm-title"),
        say("announcing-confirm-submit"),
        say,
        sections("\n".join(lines)),
        metadata,
    )


def replace_form(lines: Sequence[str], metadata: Mapping[str, str], say: Say) -> Block:
    """What a new plan changes; sending it in takes the plan up."""
    return _modal(
        Form.REPLACE,
        say("plan-replace-title"),
        say("plan-replace-submit"),
        say,
        sections("\n".join(lines)),
        metadata,
    )


def recall_form(lines: Sequence[str], metadata: Mapping[str, str], note: str, say: Say) -> Block:
    """As above, with the note that is left in the channels; emptied, none is left."""
    written = _optional(_input("note", say("announcing-recall-note"), _text("note", note, 1_000)))
    return _modal(
        Form.CONFIRM,
        say("announcing-confirm-title"),
        say("announcing-confirm-submit"),
        say,
        (*sections("\n".join(lines)), written),
        metadata,
    )


def platform_form(announcement_id: str, say: Say) -> Block:
    """Which device."""
    options = [
        option(say("platform-windows"), Platform.WINDOWS),
        option(say("platform-macos"), Platform.MACOS),
        option(say("platform-ios"), Platform.IOS),
        option(say("platform-android"), Platform.ANDROID),
    ]
    radio = {"type": "radio_buttons", "action_id": "platform", "options": options}
    return _modal(
        Form.PLATFORM,
        say("announcement-how-title"),
        say("announcement-how-submit"),
        say,
        [_input("platform", say("announcement-how-label"), radio)],
        {"id": announcement_id},
    )


def closing_view(title: str, blocks: Sequence[Block], say: Say) -> Block:
    """Something to read, with nothing to send in."""
    return {
        "type": "modal",
        "callback_id": Form.CLOSED,
        "title": plain(shortened(title, MODAL_TITLE)),
        "close": plain(say("announcing-close")),
        "blocks": list(blocks),
    }


def _modal(
    form: Form,
    title: str,
    submit: str,
    say: Say,
    blocks: Sequence[Block],
    metadata: Mapping[str, str] | None = None,
) -> Block:
    return {
        "type": "modal",
        "callback_id": form,
        "title": plain(shortened(title, MODAL_TITLE)),
        "submit": plain(shortened(submit, MODAL_TITLE)),
        "close": plain(say("announcing-close")),
        "private_metadata": json.dumps(dict(metadata or {})),
        "blocks": list(blocks),
    }


def _input(block_id: str, label: str, element: Mapping[str, Any]) -> Block:
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element}


def _optional(block: Block) -> Block:
    return {**block, "optional": True}


def _text(action_id: str, value: str, most: int, several_lines: bool = False) -> dict[str, Any]:
    text: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": action_id,
        "max_length": most,
        "multiline": several_lines,
    }
    return {**text, "initial_value": value[:most]} if value else text


def _moment_inputs(at: datetime, zone: str, say: Say) -> list[Block]:
    local = at.astimezone(ZoneInfo(zone))
    day = {"type": "datepicker", "action_id": "day", "initial_date": f"{local:%Y-%m-%d}"}
    hour = {"type": "timepicker", "action_id": "hour", "initial_time": f"{local:%H:%M}"}
    return [
        _input("day", say("announcing-day"), day),
        _input("hour", say("announcing-hour", zone=zone), hour),
    ]
