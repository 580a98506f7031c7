"""One table of Slack's limits, and the check of a message or a view against it.

The numbers are from docs.slack.dev/reference/block-kit (blocks, block elements, composition
objects) and docs.slack.dev/reference/methods (chat.postMessage, chat.update, views.open), unless a
comment says otherwise. Complaints have the form that Slack gives in `response_metadata.messages`:
`[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

TEXT_TRUNCATED_AT: Final = 40_000
UPDATE_TEXT: Final = 4_000
MARKDOWN_TEXT: Final = 12_000
# All text of all blocks together: undocumented, seen at about 13,200 (bolt-js issue 2509).
ALL_BLOCKS_TEXT: Final = 13_200
MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
VIEW_BYTES: Final = 250_000
ATTACHMENTS: Final = 100
# The size of metadata is undocumented; this is the sandbox's own caution.
METADATA_BYTES: Final = 16_000
IDENTIFIER: Final = 255
SECTION_TEXT: Final = 3_000
SECTION_FIELDS: Final = 10
FIELD_TEXT: Final = 2_000
HEADER_TEXT: Final = 150
CONTEXT_ELEMENTS: Final = 10
CONTEXT_TEXT: Final = 3_000
ACTIONS_ELEMENTS: Final = 25
CONTEXT_ACTIONS_ELEMENTS: Final = 5
BUTTON_TEXT: Final = 75
BUTTON_VALUE: Final = 2_000
ACCESSIBILITY_LABEL: Final = 75
URL: Final = 3_000
OPTION_TEXT: Final = 75
OPTION_VALUE: Final = 150
SELECT_OPTIONS: Final = 100
CHOICE_OPTIONS: Final = 10
OVERFLOW_OPTIONS: Final = 5
PLACEHOLDER: Final = 150
INPUT_LENGTH: Final = 3_000
MAX_FILES: Final = 10
ALT_TEXT: Final = 2_000
LABEL: Final = 2_000
CONFIRM_TITLE: Final = 100
CONFIRM_TEXT: Final = 300
CONFIRM_BUTTON: Final = 30
VIEW_TITLE: Final = 24
PRIVATE_METADATA: Final = 3_000
TABLE_ROWS: Final = 100
TABLE_COLUMNS: Final = 20
TABLE_TEXT: Final = 10_000
MODAL_STACK: Final = 3

_SELECTS = frozenset(
    f"{kind}_select" for kind in ("static", "external", "users", "conversations", "channels")
)
_MULTI_SELECTS = frozenset(f"multi_{kind}" for kind in _SELECTS)
_CHOICES = frozenset({"checkboxes", "radio_buttons"})
_PICKERS = frozenset({"datepicker", "timepicker"})
_ACTIONS = frozenset({"button", "overflow", "datetimepicker"}) | _SELECTS | _CHOICES | _PICKERS
_TYPED = frozenset(
    f"{kind}_input" for kind in ("plain_text", "email_text", "url_text", "number", "rich_text")
)
_ACCESSORIES = (
    frozenset({"button", "overflow", "image"}) | _SELECTS | _MULTI_SELECTS | _CHOICES | _PICKERS
)
_INPUTS = (
    frozenset({"datetimepicker", "file_input"})
    | _TYPED
    | _SELECTS
    | _MULTI_SELECTS
    | _CHOICES
    | _PICKERS
)
_CONTEXT_ACTIONS = frozenset({"feedback_buttons", "icon_button"})
_RICH_TEXT_PARTS = frozenset(
    f"rich_text_{kind}" for kind in ("section", "list", "preformatted", "quote")
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a payload is refused: Slack's error code and its `response_metadata.messages`."""

    code: str
    messages: tuple[str, ...] = ()


def check_message(payload: Mapping[str, Any]) -> str | None:
    """Slack's error code for a chat.postMessage or chat.postEphemeral payload, or None."""
    complaint = explain_message(payload)
    return complaint.code if complaint else None


def check_update(payload: Mapping[str, Any]) -> str | None:
    """Slack's error code for a chat.update payload, or None."""
    complaint = explain_update(payload)
    return complaint.code if complaint else None


def check_view(view: Mapping[str, Any]) -> str | None:
    """Slack's error code for a view given to views.open, push, update or publish, or None."""
    complaint = explain_view(view)
    return complaint.code if complaint else None


def explain_update(payload: Mapping[str, Any]) -> Complaint | None:
    """As `explain_message`, with the shorter text of chat.update."""
    if len(str(payload.get("text") or "")) > UPDATE_TEXT:
        return Complaint("msg_too_long")
    return explain_message(payload)


def explain_message(payload: Mapping[str, Any]) -> Complaint | None:
    """The first complaint Slack would make about a message, or None."""
    return (
        _explain_presence(payload)
        or _explain_markdown_text(payload)
        or _explain_metadata(payload.get("metadata"))
        or _explain_blocks(payload.get("blocks"))
    )


def _explain_presence(payload: Mapping[str, Any]) -> Complaint | None:
    content = ("text", "blocks", "attachments", "markdown_text", "files")
    if not any(_is_there(payload.get(name)) for name in content):
        return Complaint("no_text")
    if len(payload.get("attachments") or ()) > ATTACHMENTS:
        return Complaint("too_many_attachments")
    return None


def _is_there(content: Any) -> bool:
    return bool(content.strip()) if isinstance(content, str) else bool(content)


def _explain_markdown_text(payload: Mapping[str, Any]) -> Complaint | None:
    markdown = payload.get("markdown_text")
    if not markdown:
        return None
    if payload.get("text") or payload.get("blocks"):
        return Complaint("markdown_text_conflict")
    return Complaint("msg_too_long") if len(str(markdown)) > MARKDOWN_TEXT else None


def _explain_metadata(metadata: Any) -> Complaint | None:
    if metadata in (None, {}):
        return None
    if not isinstance(metadata, Mapping):
        return Complaint("invalid_metadata_format")
    event_type, event_payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(event_type, str) or not event_type or not isinstance(event_payload, Mapping):
        return Complaint("invalid_metadata_format")
    if len(orjson.dumps(dict(event_payload))) > METADATA_BYTES:
        return Complaint("metadata_too_large")
    return None


def _explain_blocks(blocks: Any) -> Complaint | None:
    if blocks in (None, []):
        return None
    if not isinstance(blocks, list) or not all(isinstance(block, Mapping) for block in blocks):
        return Complaint("invalid_blocks_format")
    tables = sum(block.get("type") == "table" for block in blocks)
    if tables > 1:
        return Complaint("invalid_attachments", ("only_one_table_allowed",))
    check = _Check("message")
    check.blocks(blocks, MESSAGE_BLOCKS)
    if check.problems:
        return Complaint("invalid_blocks", tuple(check.problems))
    return _explain_length(blocks)


def _explain_length(blocks: Sequence[Mapping[str, Any]]) -> Complaint | None:
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if markdown > MARKDOWN_TEXT or _text_length(blocks) > ALL_BLOCKS_TEXT:
        return Complaint("msg_blocks_too_long")
    return None


def _text_length(part: Any) -> int:
    if isinstance(part, Mapping):
        own = part.get("text")
        length = len(own) if isinstance(own, str) else 0
        return length + sum(_text_length(value) for value in part.values())
    if isinstance(part, list):
        return sum(_text_length(item) for item in part)
    return 0


def explain_view(view: Mapping[str, Any]) -> Complaint | None:
    """The complaint Slack would make about a view, or None."""
    if len(orjson.dumps(dict(view))) > VIEW_BYTES:
        return Complaint("view_too_large")
    check = _Check(str(view.get("type")))
    check.view(view)
    return Complaint("invalid_arguments", tuple(check.problems)) if check.problems else None


class _Check:
    """Walks a payload and collects complaints; `surface` is message, modal or home."""

    def __init__(self, surface: str) -> None:
        self.surface = surface
        self.problems: list[str] = []
        self._block_ids: set[str] = set()
        self._focused: list[str] = []

    def complain(self, text: str, path: str) -> None:
        self.problems.append(f"[ERROR] {text} [json-pointer:{path}]")

    def view(self, view: Mapping[str, Any]) -> None:
        if self.surface not in ("modal", "home"):
            self.complain("must be one of: modal, home", "/view/type")
            return
        if self.surface == "modal":
            self.text(view.get("title"), "/view/title", VIEW_TITLE, plain=True)
            self._optional_text(view, "submit", "/view", VIEW_TITLE)
            self._optional_text(view, "close", "/view", VIEW_TITLE)
            self._submit_for_inputs(view)
        self._string(view, "private_metadata", "/view", PRIVATE_METADATA)
        self._string(view, "callback_id", "/view", IDENTIFIER)
        self._string(view, "external_id", "/view", IDENTIFIER)
        blocks = view.get("blocks")
        if not isinstance(blocks, list):
            self.complain("missing required field: blocks", "/view")
            return
        self.blocks(blocks, VIEW_BLOCKS, "/view/blocks")

    def _submit_for_inputs(self, view: Mapping[str, Any]) -> None:
        blocks = view.get("blocks")
        has_input = isinstance(blocks, list) and any(
            isinstance(block, Mapping) and block.get("type") == "input" for block in blocks
        )
        if has_input and not view.get("submit"):
            self.complain("missing required field: submit", "/view")

    def blocks(
        self, blocks: Sequence[Mapping[str, Any]], maximum: int, path: str = "/blocks"
    ) -> None:
        if len(blocks) > maximum:
            self.complain(f"no more than {maximum} items allowed", path)
        for index, block in enumerate(blocks):
            self._block(block, f"{path}/{index}")
        if len(self._focused) > 1:
            self.complain("only one element may have focus_on_load", self._focused[1])

    def _block(self, block: Any, path: str) -> None:
        if not isinstance(block, Mapping):
            self.complain("must be an object", path)
            return
        kind = str(block.get("type"))
        rule = _BLOCK_RULES.get(kind)
        if rule is None or self.surface not in _SURFACES.get(kind, _ANYWHERE):
            self.complain(f"unsupported type: {kind}", f"{path}/type")
            return
        block_id = block.get("block_id")
        if block_id is not None:
            self._string(block, "block_id", path, IDENTIFIER)
            if block_id in self._block_ids:
                self.complain(f"block_id `{block_id}` already exists", f"{path}/block_id")
            self._block_ids.add(str(block_id))
        rule(self, block, path)

    # what every block is made of -----------------------------------------------------------------

    def text(
        self, value: Any, path: str, maximum: int, *, plain: bool = False, minimum: int = 1
    ) -> None:
        """A text object; `plain` refuses mrkdwn."""
        if not isinstance(value, Mapping):
            self.complain("must be a valid text object", path)
            return
        kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
        if value.get("type") not in kinds:
            self.complain(f"must be one of: {', '.join(kinds)}", f"{path}/type")
        text = value.get("text")
        if not isinstance(text, str):
            self.complain("missing required field: text", path)
        else:
            self._length(text, f"{path}/text", maximum, minimum)

    def _length(self, text: str, path: str, maximum: int, minimum: int = 0) -> None:
        if len(text) > maximum:
            self.complain(f"must be less than {maximum + 1} characters", path)
        if len(text) < minimum:
            self.complain(f"must be more than {minimum - 1} characters", path)

    def _optional_text(self, holder: Mapping[str, Any], name: str, path: str, maximum: int) -> None:
        if holder.get(name) is not None:
            self.text(holder[name], f"{path}/{name}", maximum, plain=True)

    def _string(self, holder: Mapping[str, Any], name: str, path: str, maximum: int) -> None:
        value = holder.get(name)
        if value is None:
            return
        if not isinstance(value, str):
            self.complain("must be a string", f"{path}/{name}")
        else:
            self._length(value, f"{path}/{name}", maximum)

    def _required(self, holder: Mapping[str, Any], name: str, path: str, maximum: int) -> None:
        if not holder.get(name):
            self.complain(f"missing required field: {name}", path)
        self._string(holder, name, path, maximum)

    def _items(self, value: Any, path: str, maximum: int) -> list[Mapping[str, Any]]:
        """The items of a list of one to `maximum`, or none where that is not what it is."""
        if not isinstance(value, list) or not value:
            self.complain("must have at least 1 item", path)
            return []
        if len(value) > maximum:
            self.complain(f"no more than {maximum} items allowed", path)
        return [item if isinstance(item, Mapping) else {} for item in value]

    # blocks --------------------------------------------------------------------------------------

    def section(self, block: Mapping[str, Any], path: str) -> None:
        if block.get("text") is None and block.get("fields") is None:
            self.complain("missing required field: text or fields", path)
        if block.get("text") is not None:
            self.text(block["text"], f"{path}/text", SECTION_TEXT)
        if block.get("fields") is not None:
            fields = self._items(block["fields"], f"{path}/fields", SECTION_FIELDS)
            for index, field in enumerate(fields):
                self.text(field, f"{path}/fields/{index}", FIELD_TEXT)
        if block.get("accessory") is not None:
            self._element(block["accessory"], f"{path}/accessory", _ACCESSORIES)

    def header(self, block: Mapping[str, Any], path: str) -> None:
        self.text(block.get("text"), f"{path}/text", HEADER_TEXT, plain=True)

    def divider(self, block: Mapping[str, Any], path: str) -> None:
        """A divider has nothing to check."""

    def context(self, block: Mapping[str, Any], path: str) -> None:
        elements = self._items(block.get("elements"), f"{path}/elements", CONTEXT_ELEMENTS)
        for index, element in enumerate(elements):
            place = f"{path}/elements/{index}"
            if element.get("type") == "image":
                self._image_source(element, place)
            else:
                self.text(element, place, CONTEXT_TEXT)

    def actions(self, block: Mapping[str, Any], path: str) -> None:
        self._elements(block, path, ACTIONS_ELEMENTS, _ACTIONS)

    def context_actions(self, block: Mapping[str, Any], path: str) -> None:
        self._elements(block, path, CONTEXT_ACTIONS_ELEMENTS, _CONTEXT_ACTIONS)

    def _elements(
        self, block: Mapping[str, Any], path: str, maximum: int, allowed: frozenset[str]
    ) -> None:
        seen: set[str] = set()
        elements = self._items(block.get("elements"), f"{path}/elements", maximum)
        for index, element in enumerate(elements):
            place = f"{path}/elements/{index}"
            self._element(element, place, allowed)
            action_id = element.get("action_id")
            if action_id in seen:
                self.complain(f"action_id `{action_id}` already exists", f"{place}/action_id")
            if action_id is not None:
                seen.add(str(action_id))

    def input(self, block: Mapping[str, Any], path: str) -> None:
        self.text(block.get("label"), f"{path}/label", LABEL, plain=True)
        self._optional_text(block, "hint", path, LABEL)
        element = block.get("element")
        self._element(element, f"{path}/element", _INPUTS)
        is_file = isinstance(element, Mapping) and element.get("type") == "file_input"
        if is_file and block.get("dispatch_action"):
            self.complain("not allowed with file_input", f"{path}/dispatch_action")

    def image(self, block: Mapping[str, Any], path: str) -> None:
        self._image_source(block, path)
        self._optional_text(block, "title", path, ALT_TEXT)

    def _image_source(self, holder: Mapping[str, Any], path: str) -> None:
        if not holder.get("slack_file"):
            self._required(holder, "image_url", path, URL)
        self._required(holder, "alt_text", path, ALT_TEXT)

    def rich_text(self, block: Mapping[str, Any], path: str) -> None:
        parts = self._items(block.get("elements"), f"{path}/elements", 1_000)
        for index, part in enumerate(parts):
            if part.get("type") not in _RICH_TEXT_PARTS:
                self.complain(
                    f"unsupported type: {part.get('type')}", f"{path}/elements/{index}/type"
                )
            elif not isinstance(part.get("elements"), list):
                self.complain("missing required field: elements", f"{path}/elements/{index}")

    def markdown(self, block: Mapping[str, Any], path: str) -> None:
        if not isinstance(block.get("text"), str) or not block["text"]:
            self.complain("missing required field: text", path)

    def table(self, block: Mapping[str, Any], path: str) -> None:
        rows = block.get("rows")
        if not isinstance(rows, list) or not rows:
            self.complain("must have at least 1 item", f"{path}/rows")
            return
        if len(rows) > TABLE_ROWS:
            self.complain(f"no more than {TABLE_ROWS} items allowed", f"{path}/rows")
        for index, row in enumerate(rows):
            if not isinstance(row, list) or len(row) > TABLE_COLUMNS:
                self.complain(f"no more than {TABLE_COLUMNS} items allowed", f"{path}/rows/{index}")
        if _text_length(rows) > TABLE_TEXT:
            self.complain(f"must be less than {TABLE_TEXT + 1} characters", f"{path}/rows")

    # elements ------------------------------------------------------------------------------------

    def _element(self, element: Any, path: str, allowed: frozenset[str]) -> None:
        kind = element.get("type") if isinstance(element, Mapping) else None
        if kind not in allowed or (kind == "file_input" and self.surface != "modal"):
            self.complain(f"unsupported type: {kind}", f"{path}/type")
            return
        self._string(element, "action_id", path, IDENTIFIER)
        self._optional_text(element, "placeholder", path, PLACEHOLDER)
        if element.get("focus_on_load"):
            self._focused.append(path)
        if element.get("confirm") is not None:
            self._confirm(element["confirm"], f"{path}/confirm")
        rule = _ELEMENT_RULES.get(str(kind))
        if rule is not None:
            rule(self, element, path)

    def _confirm(self, confirm: Any, path: str) -> None:
        if not isinstance(confirm, Mapping):
            self.complain("must be a valid confirm object", path)
            return
        self.text(confirm.get("title"), f"{path}/title", CONFIRM_TITLE, plain=True)
        self.text(confirm.get("text"), f"{path}/text", CONFIRM_TEXT)
        self.text(confirm.get("confirm"), f"{path}/confirm", CONFIRM_BUTTON, plain=True)
        self.text(confirm.get("deny"), f"{path}/deny", CONFIRM_BUTTON, plain=True)

    def button(self, element: Mapping[str, Any], path: str) -> None:
        self.text(element.get("text"), f"{path}/text", BUTTON_TEXT, plain=True)
        self._string(element, "value", path, BUTTON_VALUE)
        self._string(element, "url", path, URL)
        self._string(element, "accessibility_label", path, ACCESSIBILITY_LABEL)
        if element.get("style") not in (None, "primary", "danger"):
            self.complain("must be one of: primary, danger", f"{path}/style")

    def icon_button(self, element: Mapping[str, Any], path: str) -> None:
        self.text(element.get("text"), f"{path}/text", BUTTON_TEXT, plain=True)
        self._string(element, "value", path, BUTTON_VALUE)
        self._required(element, "icon", path, BUTTON_TEXT)

    def feedback_buttons(self, element: Mapping[str, Any], path: str) -> None:
        for name in ("positive_button", "negative_button"):
            button = element.get(name)
            if not isinstance(button, Mapping):
                self.complain(f"missing required field: {name}", path)
                continue
            self.text(button.get("text"), f"{path}/{name}/text", BUTTON_TEXT, plain=True)
            self._required(button, "value", f"{path}/{name}", BUTTON_VALUE)

    def overflow(self, element: Mapping[str, Any], path: str) -> None:
        self._options(element.get("options"), f"{path}/options", OVERFLOW_OPTIONS)

    def choices(self, element: Mapping[str, Any], path: str) -> None:
        self._options(element.get("options"), f"{path}/options", CHOICE_OPTIONS, plain=False)
        self._initial_among_options(element, path)

    def static_select(self, element: Mapping[str, Any], path: str) -> None:
        groups = element.get("option_groups")
        if groups is None:
            self._options(element.get("options"), f"{path}/options", SELECT_OPTIONS)
        else:
            for index, group in enumerate(self._items(groups, f"{path}/groups", SELECT_OPTIONS)):
                place = f"{path}/option_groups/{index}"
                self.text(group.get("label"), f"{place}/label", OPTION_TEXT, plain=True)
                self._options(group.get("options"), f"{place}/options", SELECT_OPTIONS)
        self._initial_among_options(element, path)

    def _options(self, value: Any, path: str, maximum: int, *, plain: bool = True) -> None:
        for index, option in enumerate(self._items(value, path, maximum)):
            place = f"{path}/{index}"
            self.text(option.get("text"), f"{place}/text", OPTION_TEXT, plain=plain)
            self._required(option, "value", place, OPTION_VALUE)
            if option.get("description") is not None:
                self.text(option["description"], f"{place}/description", OPTION_TEXT, plain=plain)

    def _initial_among_options(self, element: Mapping[str, Any], path: str) -> None:
        known = [option.get("value") for option in options_of(element)]
        initial = element.get("initial_options") or [element.get("initial_option") or {}]
        for option in initial:
            if option and option.get("value") not in known:
                self.complain("initial option is not one of the options", path)

    def plain_text_input(self, element: Mapping[str, Any], path: str) -> None:
        maximum, minimum = element.get("max_length"), element.get("min_length") or 0
        if maximum is not None and not 1 <= int(maximum) <= INPUT_LENGTH:
            self.complain(f"must be between 1 and {INPUT_LENGTH}", f"{path}/max_length")
        if int(minimum) > (int(maximum) if maximum is not None else INPUT_LENGTH):
            self.complain("must not be more than max_length", f"{path}/min_length")
        self._string(element, "initial_value", path, int(maximum or INPUT_LENGTH))

    def datepicker(self, element: Mapping[str, Any], path: str) -> None:
        self._pattern(element, "initial_date", path, r"\d{4}-\d{2}-\d{2}")

    def timepicker(self, element: Mapping[str, Any], path: str) -> None:
        self._pattern(element, "initial_time", path, r"([01]\d|2[0-3]):[0-5]\d")

    def datetimepicker(self, element: Mapping[str, Any], path: str) -> None:
        moment = element.get("initial_date_time")
        if moment is not None and not (isinstance(moment, int) and len(str(moment)) == 10):
            self.complain("must be a Unix timestamp of 10 digits", f"{path}/initial_date_time")

    def _pattern(self, element: Mapping[str, Any], name: str, path: str, pattern: str) -> None:
        value = element.get(name)
        if value is not None and not re.fullmatch(pattern, str(value)):
            self.complain(f"must match pattern {pattern}", f"{path}/{name}")

    def number_input(self, element: Mapping[str, Any], path: str) -> None:
        if not isinstance(element.get("is_decimal_allowed"), bool):
            self.complain("missing required field: is_decimal_allowed", path)

    def file_input(self, element: Mapping[str, Any], path: str) -> None:
        if not 1 <= int(element.get("max_files") or MAX_FILES) <= MAX_FILES:
            self.complain(f"must be between 1 and {MAX_FILES}", f"{path}/max_files")


def options_of(element: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """All options of an element, out of their groups."""
    options = list(element.get("options") or ())
    for group in element.get("option_groups") or ():
        options.extend(group.get("options") or ())
    return options


_Rule = Callable[[_Check, Mapping[str, Any], str], None]

_ANYWHERE = frozenset({"message", "modal", "home"})
_SURFACES = {name: frozenset({"message"}) for name in ("markdown", "table", "context_actions")}
_BLOCK_RULES: dict[str, _Rule] = {
    "section": _Check.section,
    "header": _Check.header,
    "divider": _Check.divider,
    "context": _Check.context,
    "actions": _Check.actions,
    "context_actions": _Check.context_actions,
    "input": _Check.input,
    "image": _Check.image,
    "rich_text": _Check.rich_text,
    "markdown": _Check.markdown,
    "table": _Check.table,
}
_ELEMENT_RULES: dict[str, _Rule] = {
    "button": _Check.button,
    "icon_button": _Check.icon_button,
    "feedback_buttons": _Check.feedback_buttons,
    "overflow": _Check.overflow,
    "checkboxes": _Check.choices,
    "radio_buttons": _Check.choices,
    "static_select": _Check.static_select,
    "multi_static_select": _Check.static_select,
    "plain_text_input": _Check.plain_text_input,
    "datepicker": _Check.datepicker,
    "timepicker": _Check.timepicker,
    "datetimepicker": _Check.datetimepicker,
    "number_input": _Check.number_input,
    "file_input": _Check.file_input,
    "image": _Check._image_source,
}
