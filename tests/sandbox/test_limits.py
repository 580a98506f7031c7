"""Both sides of each limit of the table, and that the Web API applies it with Slack's code."""

from typing import Any

import orjson
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.conversation import Json
from sandbox.limits import check_message, check_update, check_view, explain_message
from tests.sandbox.conftest import button, modal, refusal_of, text_input


def plain(length: int) -> Json:
    return {"type": "plain_text", "text": "x" * length}


def mrkdwn(length: int) -> Json:
    return {"type": "mrkdwn", "text": "x" * length}


def options(count: int, text: int = 5, value: int = 5) -> list[Json]:
    return [
        {"text": plain(text), "value": f"{number:0{value}}"[-value:]} for number in range(count)
    ]


def section(**more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(5), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def buttons(count: int) -> list[Json]:
    return [button(action_id=f"b{number}") for number in range(count)]


def select(kind: str = "static_select", **more: Any) -> Json:
    return {"type": kind, "action_id": "choose", **more}


def confirm(title: int = 5, text: int = 5, label: int = 5) -> Json:
    return {
        "title": plain(title),
        "text": plain(text),
        "confirm": plain(label),
        "deny": plain(label),
    }


def image(url: int = 30, alt: int = 5, title: int = 5) -> Json:
    address = "https://example.org/".ljust(url, "x")
    return {"type": "image", "image_url": address, "alt_text": "x" * alt, "title": plain(title)}


def files(**more: Any) -> Json:
    return {**text_input(), "element": {"type": "file_input", "action_id": "files", **more}}


def table(rows: int, columns: int, length: int = 1) -> Json:
    cell = {"type": "raw_text", "text": "x" * length}
    return {"type": "table", "rows": [[cell] * columns for _ in range(rows)]}


def feedback(text: int = 5, value: int = 5) -> Json:
    one = {"text": plain(text), "value": "x" * value}
    buttons = {"type": "feedback_buttons", "action_id": "rated"}
    return {
        "type": "context_actions",
        "elements": [{**buttons, "positive_button": one, "negative_button": one}],
    }


# what it is, the largest that passes, the smallest that does not
MESSAGE_LIMITS: list[tuple[str, list[Json], list[Json]]] = [
    ("blocks", [{"type": "divider"}] * 50, [{"type": "divider"}] * 51),
    ("block id", [section(block_id="x" * 255)], [section(block_id="x" * 256)]),
    ("section text", [section(text=mrkdwn(3_000))], [section(text=mrkdwn(3_001))]),
    (
        "section fields",
        [section(fields=[mrkdwn(5)] * 10)],
        [section(fields=[mrkdwn(5)] * 11)],
    ),
    ("field text", [section(fields=[mrkdwn(2_000)])], [section(fields=[mrkdwn(2_001)])]),
    (
        "header",
        [{"type": "header", "text": plain(150)}],
        [{"type": "header", "text": plain(151)}],
    ),
    (
        "context elements",
        [{"type": "context", "elements": [mrkdwn(5)] * 10}],
        [{"type": "context", "elements": [mrkdwn(5)] * 11}],
    ),
    ("actions elements", [actions(*buttons(25))], [actions(*buttons(26))]),
    ("button text", [actions(button("x" * 75))], [actions(button("x" * 76))]),
    (
        "button value",
        [actions(button(value="x" * 2_000))],
        [actions(button(value="x" * 2_001))],
    ),
    ("button url", [actions(button(url="x" * 3_000))], [actions(button(url="x" * 3_001))]),
    (
        "accessibility label",
        [actions(button(accessibility_label="x" * 75))],
        [actions(button(accessibility_label="x" * 76))],
    ),
    (
        "action id",
        [actions(button(action_id="x" * 255))],
        [actions(button(action_id="x" * 256))],
    ),
    (
        "overflow options",
        [section(accessory=select("overflow", options=options(5)))],
        [section(accessory=select("overflow", options=options(6)))],
    ),
    (
        "select options",
        [actions(select(options=options(100)))],
        [actions(select(options=options(101)))],
    ),
    (
        "option groups",
        [actions(select(option_groups=[{"label": plain(75), "options": options(1)}] * 100))],
        [actions(select(option_groups=[{"label": plain(75), "options": options(1)}] * 101))],
    ),
    (
        "option group label",
        [actions(select(option_groups=[{"label": plain(75), "options": options(1)}]))],
        [actions(select(option_groups=[{"label": plain(76), "options": options(1)}]))],
    ),
    (
        "option text",
        [actions(select(options=options(1, text=75)))],
        [actions(select(options=options(1, text=76)))],
    ),
    (
        "option value",
        [actions(select(options=options(1, value=150)))],
        [actions(select(options=options(1, value=151)))],
    ),
    (
        "checkboxes",
        [actions(select("checkboxes", options=options(10)))],
        [actions(select("checkboxes", options=options(11)))],
    ),
    (
        "radio buttons",
        [actions(select("radio_buttons", options=options(10)))],
        [actions(select("radio_buttons", options=options(11)))],
    ),
    (
        "placeholder",
        [actions(select(options=options(1), placeholder=plain(150)))],
        [actions(select(options=options(1), placeholder=plain(151)))],
    ),
    (
        "confirm title",
        [actions(button(confirm=confirm(title=100)))],
        [actions(button(confirm=confirm(title=101)))],
    ),
    (
        "confirm text",
        [actions(button(confirm=confirm(text=300)))],
        [actions(button(confirm=confirm(text=301)))],
    ),
    (
        "confirm buttons",
        [actions(button(confirm=confirm(label=30)))],
        [actions(button(confirm=confirm(label=31)))],
    ),
    ("image url", [image(url=3_000)], [image(url=3_001)]),
    ("image alt text", [image(alt=2_000)], [image(alt=2_001)]),
    ("image title", [image(title=2_000)], [image(title=2_001)]),
    ("table rows", [table(100, 2)], [table(101, 2)]),
    ("table columns", [table(2, 20)], [table(2, 21)]),
    ("table text", [table(100, 1, 100)], [table(100, 1, 101)]),
    ("feedback text", [feedback(text=75)], [feedback(text=76)]),
    ("feedback value", [feedback(value=2_000)], [feedback(value=2_001)]),
]


@pytest.mark.parametrize(
    ("within", "beyond"),
    [limit[1:] for limit in MESSAGE_LIMITS],
    ids=[limit[0] for limit in MESSAGE_LIMITS],
)
def test_a_message_passes_at_a_limit_and_is_refused_beyond(
    within: list[Json], beyond: list[Json]
) -> None:
    assert check_message({"text": "t", "blocks": within}) is None
    assert "invalid_blocks" == check_message({"text": "t", "blocks": beyond})


@pytest.mark.parametrize(
    ("within", "beyond", "code"),
    [
        ({"text": "x"}, {"text": ""}, "no_text"),
        ({"text": "x"}, {"text": " \n"}, "no_text"),
        ({"markdown_text": "x" * 12_000}, {"markdown_text": "x" * 12_001}, "msg_too_long"),
        (
            {"markdown_text": "x"},
            {"markdown_text": "x", "text": "x"},
            "markdown_text_conflict",
        ),
        (
            {"attachments": [{}] * 100},
            {"attachments": [{}] * 101},
            "too_many_attachments",
        ),
        (
            {"blocks": [{"type": "markdown", "text": "x" * 6_000}] * 2},
            {"blocks": [{"type": "markdown", "text": "x" * 6_001}] * 2},
            "msg_blocks_too_long",
        ),
        (
            {"blocks": [section(text=mrkdwn(2_640))] * 5},
            {"blocks": [section(text=mrkdwn(2_641))] * 5},
            "msg_blocks_too_long",
        ),
        (
            {"blocks": [table(1, 1)]},
            {"blocks": [table(1, 1)] * 2},
            "invalid_attachments",
        ),
        ({"blocks": [section()]}, {"blocks": {"type": "section"}}, "invalid_blocks_format"),
        (
            {"text": "x", "metadata": {"event_type": "t", "event_payload": {}}},
            {"text": "x", "metadata": {"event_type": "t"}},
            "invalid_metadata_format",
        ),
        (
            {"text": "x", "metadata": {"event_type": "t", "event_payload": {"k": "x" * 15_992}}},
            {"text": "x", "metadata": {"event_type": "t", "event_payload": {"k": "x" * 15_993}}},
            "metadata_too_large",
        ),
    ],
)
def test_the_message_as_a_whole_has_limits_too(within: Json, beyond: Json, code: str) -> None:
    assert check_message(within) is None
    assert code == check_message(beyond)


@pytest.mark.parametrize(("length", "code"), [(4_000, None), (4_001, "msg_too_long")])
def test_the_text_of_an_update_is_shorter(length: int, code: str | None) -> None:
    assert code == check_update({"text": "x" * length})


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "no_such_block"}],
        [{"type": "section"}],
        [section(text={"type": "markdown", "text": "x"})],
        [{"type": "header", "text": mrkdwn(5)}],
        [actions()],
        [actions(select("multi_static_select", options=options(1)))],
        [actions(button(), button())],
        [section(block_id="same"), section(block_id="same")],
        [actions(button(style="loud"))],
        [actions(select(options=options(1), initial_option={"value": "other"}))],
        [actions(select("datepicker", initial_date="1 May"))],
        [actions(select("timepicker", initial_time="25:00"))],
        [actions(select("datetimepicker", initial_date_time=5))],
        [{"type": "image", "alt_text": "x"}],
        [{"type": "image", "image_url": "https://example.org"}],
        [{"type": "rich_text", "elements": [{"type": "text", "text": "x"}]}],
        [{"type": "markdown"}],
        [{"type": "table", "rows": []}],
        [{"type": "context", "elements": [button()]}],
        [{"type": "input", "label": plain(5), "element": button()}],
        ["not an object"],
    ],
)
def test_malformed_blocks_are_refused(blocks: list[Any]) -> None:
    assert check_message({"text": "t", "blocks": blocks}) is not None


@pytest.mark.parametrize(
    "block",
    [
        actions(select("datepicker", initial_date="2026-05-01")),
        actions(select("timepicker", initial_time="23:59")),
        actions(select("datetimepicker", initial_date_time=1_800_000_000)),
        actions(select("users_select"), {**button(), "style": "danger"}),
        section(accessory=select("multi_users_select")),
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]},
        {"type": "markdown", "text": "# heading"},
        {"type": "context", "elements": [image(), mrkdwn(5)]},
        text_input(),
    ],
)
def test_well_formed_blocks_pass(block: Json) -> None:
    assert check_message({"text": "t", "blocks": [block]}) is None


def test_a_complaint_points_to_the_place() -> None:
    complaint = explain_message({"blocks": [section(), section(text=mrkdwn(3_001))]})

    assert complaint is not None
    expected = "[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    assert (expected,) == complaint.messages


def home(*blocks: Json) -> Json:
    return {"type": "home", "blocks": list(blocks)}


VIEW_LIMITS: list[tuple[str, Json, Json]] = [
    ("blocks", home(*[{"type": "divider"}] * 100), home(*[{"type": "divider"}] * 101)),
    ("title", modal(title=plain(24)), modal(title=plain(25))),
    ("submit", modal(submit=plain(24)), modal(submit=plain(25))),
    ("close", modal(close=plain(24)), modal(close=plain(25))),
    (
        "private metadata",
        modal(private_metadata="x" * 3_000),
        modal(private_metadata="x" * 3_001),
    ),
    ("callback id", modal(callback_id="x" * 255), modal(callback_id="x" * 256)),
    ("external id", modal(external_id="x" * 255), modal(external_id="x" * 256)),
    ("label", modal(text_input(label="x" * 2_000)), modal(text_input(label="x" * 2_001))),
    (
        "hint",
        modal({**text_input(), "hint": plain(2_000)}),
        modal({**text_input(), "hint": plain(2_001)}),
    ),
    ("input", modal(text_input(max_length=3_000)), modal(text_input(max_length=3_001))),
    (
        "shortest",
        modal(text_input(min_length=10, max_length=10)),
        modal(text_input(min_length=11, max_length=10)),
    ),
    (
        "initial value",
        modal(text_input(initial_value="x" * 3_000)),
        modal(text_input(initial_value="x" * 3_001)),
    ),
    (
        "focus",
        modal(text_input("a", focus_on_load=True), text_input("b")),
        modal(text_input("a", focus_on_load=True), text_input("b", focus_on_load=True)),
    ),
    ("submit for inputs", modal(section(), submit=None), modal(text_input(), submit=None)),
    ("surface", modal(section()), modal({"type": "markdown", "text": "x"})),
    ("kind", home(), {"type": "panel", "blocks": []}),
    (
        "number input",
        modal(text_input(type="number_input", is_decimal_allowed=False)),
        modal(text_input(type="number_input")),
    ),
    ("files", modal(files(max_files=10)), modal(files(max_files=11))),
    ("files in a form only", modal(files()), home(files())),
    ("files without dispatch", modal(files()), modal({**files(), "dispatch_action": True})),
]


@pytest.mark.parametrize(
    ("within", "beyond"),
    [limit[1:] for limit in VIEW_LIMITS],
    ids=[limit[0] for limit in VIEW_LIMITS],
)
def test_a_view_passes_at_a_limit_and_is_refused_beyond(within: Json, beyond: Json) -> None:
    assert check_view(within) is None
    assert "invalid_arguments" == check_view(beyond)


def home_of(size: int) -> Json:
    """A Home whose compact JSON is `size` bytes long."""
    blocks = [section(text=mrkdwn(2_900)) for _ in range(84)]
    rest = size - len(orjson.dumps(home(*blocks, section(text=mrkdwn(0)))))
    return home(*blocks, section(text=mrkdwn(rest)))


def test_a_view_is_at_most_250_kilobytes() -> None:
    assert check_view(home_of(250_000)) is None
    assert "view_too_large" == check_view(home_of(250_001))


async def test_the_web_api_gives_slacks_code_and_messages(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(
            channel="C0ASKIT", text="t", blocks=[section(text=mrkdwn(3_001))]
        )

    assert "invalid_blocks" == refused.value.response["error"]
    messages = refused.value.response["response_metadata"]["messages"]
    assert "must be less than 3001 characters" in messages[0]


async def test_the_web_api_checks_home_views(client: AsyncWebClient) -> None:
    publish = client.views_publish(user_id="U0ALICE", view=home(*[{"type": "divider"}] * 101))

    assert "invalid_arguments" == await refusal_of(publish)
