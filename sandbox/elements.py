"""Interactive elements: finding them in blocks, and what they say when a person uses them.

Shapes: docs.slack.dev/reference/interaction-payloads/block_actions-payload and
docs.slack.dev/reference/interaction-payloads/view-interactions-payload.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.conversation import Json
from sandbox.errors import ActRefused
from sandbox.limits import MAX_FILES, options_of

# type of element -> (name in state and action, name of the initial value)
_SINGLE_OPTION = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
}
_MANY_OPTIONS = {
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
}
_PLAIN = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", "initial_files"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
}
STATEFUL = frozenset((*_SINGLE_OPTION, *_MANY_OPTIONS, *_PLAIN))
_LISTS = frozenset(kind for kind in STATEFUL if kind.startswith("multi_")) | {
    "checkboxes",
    "file_input",
}
_TEXTS = frozenset({"plain_text_input", "email_text_input", "url_text_input", "number_input"})


@dataclass(frozen=True, slots=True)
class Placed:
    """An element and the block it stands in."""

    block: Json
    element: Json

    @property
    def block_id(self) -> str:
        return str(self.block["block_id"])

    @property
    def action_id(self) -> str:
        return str(self.element["action_id"])

    @property
    def kind(self) -> str:
        return str(self.element["type"])


def placed_in(blocks: list[Json] | None) -> Iterator[Placed]:
    """All interactive elements of blocks, in reading order."""
    for block in blocks or ():
        single = [block[name] for name in ("accessory", "element") if block.get(name)]
        several = block["elements"] if block["type"] in ("actions", "context_actions") else []
        for element in (*single, *several):
            if element["type"] != "image":
                yield Placed(block, element)


def find_element(blocks: list[Json] | None, block_id: str | None, action_id: str) -> Placed:
    """The element by its ids; refused `element_not_found`."""
    for placed in placed_in(blocks):
        if placed.action_id == action_id and block_id in (None, placed.block_id):
            return placed
    raise ActRefused("element_not_found", f"There is nothing to press with the id {action_id!r}.")


def find_by_label(blocks: list[Json] | None, wanted: str) -> tuple[Placed, str | None]:
    """The element whose label, option or action id is `wanted`, and the option's value.

    Refused `element_not_found`, naming what there is to press.
    """
    labels: list[str] = []
    for placed in placed_in(blocks):
        for label, value in _labels_of(placed.element):
            if wanted in (label, placed.action_id):
                return placed, value
            labels.append(label)
    there = ", ".join(repr(label) for label in labels) or "nothing"
    raise ActRefused(
        "element_not_found", f"There is nothing called {wanted!r} to press; there is {there}."
    )


def _labels_of(element: Json) -> Iterator[tuple[str, str | None]]:
    for name in ("positive_button", "negative_button"):
        if name in element:
            yield _plain(element[name].get("text")), str(element[name].get("value"))
    for option in options_of(element):
        yield _plain(option.get("text")), str(option.get("value"))
    yield _plain(element.get("text")) or str(element["action_id"]), None


def _plain(text: Any) -> str:
    return str(text.get("text", "")) if isinstance(text, Mapping) else ""


def action_of(placed: Placed, value: Any, moment: float) -> Json:
    """The entry of `actions` for a press; `value` is what was chosen, by value or by text."""
    element = placed.element
    action: Json = {
        "type": placed.kind,
        "action_id": placed.action_id,
        "block_id": placed.block_id,
        "action_ts": f"{moment:.6f}",
    }
    if placed.kind in ("button", "icon_button"):
        return _named(element, action)
    if placed.kind == "feedback_buttons":
        return _feedback(element, value, action)
    if placed.kind == "overflow":
        return action | {"selected_option": _option(element, value)}
    state = state_of(element, value)
    return action | state | {"type": placed.kind}


def _named(element: Json, action: Json) -> Json:
    for name in ("text", "value", "style", "url", "icon"):
        if name in element:
            action[name] = element[name]
    return action


def _feedback(element: Json, value: Any, action: Json) -> Json:
    for name in ("positive_button", "negative_button"):
        button = element[name]
        if value in (button.get("value"), _plain(button.get("text"))):
            return action | {"text": button["text"], "value": button["value"]}
    raise ActRefused("invalid_value", f"{value!r} is neither of the two buttons.")


def _option(element: Json, value: Any) -> Json:
    """The option by value or by text; an external select takes what it is given."""
    if isinstance(value, Mapping):
        return dict(value)
    for option in options_of(element):
        if value in (option.get("value"), _plain(option.get("text"))):
            return dict(option)
    if "external" in str(element["type"]):
        return {"text": {"type": "plain_text", "text": str(value)}, "value": str(value)}
    known = ", ".join(str(option.get("value")) for option in options_of(element))
    raise ActRefused("invalid_value", f"{value!r} is not one of the options ({known}).")


def state_of(element: Json, value: Any) -> Json:
    """The element's entry in `state.values` once `value` was entered (None: emptied)."""
    kind = str(element["type"])
    if kind in _SINGLE_OPTION:
        chosen = None if value is None else _option(element, value)
        return {"type": kind, _SINGLE_OPTION[kind][0]: chosen}
    if kind in _MANY_OPTIONS:
        options = [_option(element, one) for one in value or ()]
        return {"type": kind, _MANY_OPTIONS[kind][0]: options}
    name, _ = _PLAIN[kind]
    if kind in _TEXTS and value is not None:
        value = str(value)
    return {"type": kind, name: value}


def initial_state(element: Json) -> Json:
    """The element's entry in `state.values` before anybody touched it."""
    kind = str(element["type"])
    name, initial = (_SINGLE_OPTION | _MANY_OPTIONS | _PLAIN)[kind]
    empty: Any = [] if kind in _LISTS else None
    return {"type": kind, name: element.get(initial, empty)}


def is_empty(state: Json) -> bool:
    """Whether nothing was entered or chosen; whitespace alone counts as nothing."""
    entered = next((value for name, value in state.items() if name != "type"), None)
    return not entered.strip() if isinstance(entered, str) else entered in (None, [])


def state_values(blocks: list[Json] | None, given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """`state.values` of blocks: what is `given` by ids, initial values for the rest.

    `given` is `{block_id: {action_id: value}}`; a value already in Slack's own shape (with its
    `type`) is taken as it is.
    """
    values: dict[str, dict[str, Any]] = {}
    for placed in placed_in(blocks):
        if placed.kind not in STATEFUL:
            continue
        entered = given.get(placed.block_id) or {}
        if placed.action_id not in entered:
            state = initial_state(placed.element)
        elif isinstance(entered[placed.action_id], Mapping) and "type" in entered[placed.action_id]:
            state = dict(entered[placed.action_id])
        else:
            state = state_of(placed.element, entered[placed.action_id])
        values.setdefault(placed.block_id, {})[placed.action_id] = state
    return values


def with_files(
    values: dict[str, dict[str, Any]], find: Callable[[str], Json]
) -> dict[str, dict[str, Any]]:
    """The same `values` with the file objects of what file inputs name, by id or as objects.

    Only the id of a given object counts. `find` gives a file object by its id.
    """
    for elements in values.values():
        for state in elements.values():
            if state["type"] == "file_input":
                named = state["files"] or ()
                ids = [one["id"] if isinstance(one, Mapping) else one for one in named]
                state["files"] = [find(str(one)) for one in ids]
    return values


def missing_answers(
    blocks: list[Json] | None, values: Mapping[str, Mapping[str, Json]]
) -> dict[str, str]:
    """What the client itself refuses before it sends a form: `{block_id: text}`."""
    errors: dict[str, str] = {}
    for placed in placed_in(blocks):
        if placed.block["type"] != "input":
            continue
        state = values[placed.block_id][placed.action_id]
        if is_empty(state):
            if not placed.block.get("optional"):
                errors[placed.block_id] = "Please complete this required field."
        elif placed.kind == "plain_text_input":
            _check_length(placed, str(state["value"]), errors)
        elif placed.kind == "file_input":
            _check_files(placed, state["files"], errors)
    return errors


def _check_length(placed: Placed, text: str, errors: dict[str, str]) -> None:
    shortest = int(placed.element.get("min_length") or 0)
    longest = int(placed.element.get("max_length") or 3_000)
    if len(text) < shortest:
        errors[placed.block_id] = f"Please enter at least {shortest} characters."
    if len(text) > longest:
        errors[placed.block_id] = f"Please enter at most {longest} characters."


def _check_files(placed: Placed, files: list[Json], errors: dict[str, str]) -> None:
    most = int(placed.element.get("max_files") or MAX_FILES)
    types = placed.element.get("filetypes") or ()
    if len(files) > most:
        errors[placed.block_id] = f"Please choose at most {most} files."
    elif types and any(str(file["filetype"]).lower() not in types for file in files):
        errors[placed.block_id] = f"Please choose a file of type {', '.join(types)}."


def by_label(blocks: list[Json] | None, given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """`{label, block id or action id: value}` as `{block_id: {action_id: value}}`.

    Refused `element_not_found` for a name that is none of these.
    """
    named: dict[str, Placed] = {}
    for placed in placed_in(blocks):
        for name in (placed.action_id, placed.block_id, _plain(placed.block.get("label"))):
            named.setdefault(name, placed)
    values: dict[str, dict[str, Any]] = {}
    for name, value in given.items():
        target = named.get(name)
        if target is None:
            there = ", ".join(repr(known) for known in named if known)
            raise ActRefused("element_not_found", f"No input is called {name!r}; there is {there}.")
        values.setdefault(target.block_id, {})[target.action_id] = value
    return values
