"""Payloads as Slack's documentation shows them, over both of Bolt's request paths."""

import json
from collections.abc import AsyncIterator

import pytest

from knowledge.watching import Knowledge
from sandbox.elements import find_by_label
from tests.handlers.front import MODES, NAMES, Front, Json, open_front, shape, without_one_field

# Without these a message is no question: what it is, who wrote what, where and when.
NEEDED = {
    "type",
    "event",
    "event.type",
    "event.user",
    "event.text",
    "event.channel",
    "event.ts",
    "event_id",
    "team_id",
}

# Bolt reads these before any listener: of forms, of old attachments, and of the first contact.
READ_BY_BOLT = {"view", "view.type", "actions", "challenge"}


@pytest.fixture(params=MODES)
async def front(
    request: pytest.FixtureRequest,
    store_url: str,
    knowledge: Knowledge,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Front]:
    async with open_front(store_url, knowledge, request.param, monkeypatch) as opened:
        yield opened


async def pressed(front: Front, name: str, label: str) -> Json:
    """The shape of a press on the answer to the question in ``message_channel``."""
    answer = await front.answer_to(shape("message_channel"))
    placed, value = find_by_label(answer.blocks, label)
    return shape(
        name,
        **front.moment(),
        message_ts=answer.ts,
        thread_ts=answer.thread_ts or "",
        action_id=placed.action_id,
        block_id=placed.block_id,
        label=label,
        value=value or str(placed.element["value"]),
    )


def form(front: Front, name: str) -> Json:
    moment = front.moment()
    return shape(name, **moment, private_metadata="", block_id="question", action_id="question")


async def spoken_directly(front: Front) -> list[str]:
    """What the bot wrote to alice in her direct message."""
    direct = front.workplace.person("alice").direct_message
    await front.workplace.sandbox.until(lambda: front.workplace.sandbox.messages_in(direct))
    return [one.text for one in front.workplace.sandbox.messages_in(direct) if one.bot_id]


@pytest.mark.parametrize(
    "name", ["message_channel", "message_im", "message_private_channel", "message_file_share"]
)
async def test_a_question_is_answered(front: Front, name: str) -> None:
    answer = await front.answer_to(shape(name))

    assert "iPhone" in answer.text
    assert await front.is_well()


async def test_a_mention_is_answered_once_with_its_twin(front: Front) -> None:
    mention = shape("app_mention")
    twin = shape("message_channel")
    twin["event"] |= {name: mention["event"][name] for name in ("channel", "text", "ts")}

    answer = await front.answer_to(mention)
    status = (await front.takes(twin)).status
    await front.workplace.sandbox.settled()

    assert "iPhone" in answer.text
    assert 200 == status
    asked = front.workplace.sandbox.channel("general").find(mention["event"]["ts"])
    assert asked is not None
    assert 1 == len(front.workplace.replies_to(asked))


async def test_a_member_of_another_organisation_is_heard(front: Front) -> None:
    await front.workplace.person("ada").invites("partners", "signpost")

    answer = await front.answer_to(shape("message_external"))

    assert "iPhone" in answer.text


async def test_a_reply_in_the_thread_goes_on_with_the_question(front: Front) -> None:
    answer = await front.answer_to(shape("message_channel"))
    front.place(shape("message_thread"))

    status = (await front.takes(shape("message_thread"))).status
    said = await front.workplace.sandbox.until(
        lambda: [one for one in front.workplace.sandbox.replies(answer) if one.bot_id][1:]
    )

    assert 200 == status
    assert "Android" in said[0].text


async def test_a_reply_sent_to_the_channel_as_well_is_taken(front: Front) -> None:
    await front.answer_to(shape("message_channel"))
    front.place(shape("message_thread_broadcast"))

    status = (await front.takes(shape("message_thread_broadcast"))).status

    assert 200 == status
    assert await front.is_well()


async def test_a_picture_alone_is_answered_with_a_request_for_words(front: Front) -> None:
    answer = await front.answer_to(shape("message_file_share_connect"))

    assert answer.text
    assert await front.is_well()


async def test_an_edit_changes_the_answer_and_a_preview_does_not(front: Front) -> None:
    answer = await front.answer_to(shape("message_channel"))
    before = answer.text

    unfurled = (await front.takes(shape("message_changed_unfurled"))).status
    await front.workplace.sandbox.settled()
    kept = answer.text
    changed = (await front.takes(shape("message_changed"))).status
    edited = await front.workplace.becomes(answer, lambda one: one.text != before)

    assert (200, 200) == (unfurled, changed)
    assert before == kept
    assert "Android" in edited.text


@pytest.mark.parametrize("name", ["message_deleted", "message_changed_tombstone"])
async def test_a_deleted_question_takes_its_answer_with_it(front: Front, name: str) -> None:
    answer = await front.answer_to(shape("message_channel"))
    channel = front.workplace.sandbox.channel(answer.channel)

    status = (await front.takes(shape(name))).status
    await front.workplace.sandbox.until(lambda: channel.find(answer.ts) is None)

    assert 200 == status
    assert await front.is_well()


@pytest.mark.parametrize(
    "name",
    ["message_bot", "message_bot_legacy", "message_channel_join", "message_channel_topic"],
)
async def test_what_no_person_asked_is_not_answered(front: Front, name: str) -> None:
    status = (await front.takes(shape(name))).status
    answer = await front.answer_to(shape("message_im"))

    assert 200 == status
    assert "iPhone" in answer.text
    assert not [one for one in front.workplace.sandbox.messages_in("ask-it") if one.bot_id]


async def test_a_press_solves_the_question(front: Front) -> None:
    press = await pressed(front, "block_actions_message", "Solved")

    status = (await front.takes(press)).status
    message = front.workplace.sandbox.channel("ask-it").find(press["container"]["message_ts"])
    assert message is not None
    solved = await front.workplace.becomes(message, lambda one: "Solved" in one.text)

    assert 200 == status
    assert "Glad it helped" in solved.text


async def test_a_press_on_what_only_one_person_sees_is_taken(front: Front) -> None:
    press = await pressed(front, "block_actions_ephemeral", "Solved")

    status = (await front.takes(press)).status

    assert 200 == status
    assert await front.is_well()


@pytest.mark.parametrize("name", ["app_home_opened", "app_home_opened_again"])
async def test_opening_the_home_publishes_it(front: Front, name: str) -> None:
    status = (await front.takes(shape(name))).status

    assert 200 == status
    assert await front.workplace.sandbox.until(lambda: front.workplace.person("alice").home)


async def test_opening_the_messages_tab_publishes_nothing(front: Front) -> None:
    status = (await front.takes(shape("app_home_opened_messages"))).status
    await front.workplace.sandbox.settled()

    assert 200 == status
    assert front.workplace.person("alice").home is None


async def test_a_press_in_the_home_opens_the_form(front: Front) -> None:
    moment = front.moment()
    press = shape(
        "block_actions_home", **moment, action_id="home.ask", block_id="b", label="Ask", value=""
    )

    status = (await front.takes(press)).status
    opened = await front.workplace.person("alice").opens_modal()

    assert 200 == status
    assert "ask.form" == opened.body["callback_id"]


async def test_a_select_that_was_emptied_changes_nothing(front: Front) -> None:
    moment = front.moment()
    press = shape("block_actions_select_emptied", **moment, action_id="language.choose")

    status = (await front.takes(press)).status

    assert 200 == status
    assert await front.is_well()


@pytest.mark.parametrize("name", ["view_submission", "view_submission_organisation"])
async def test_a_form_is_answered_in_a_direct_message(front: Front, name: str) -> None:
    response = await front.takes(form(front, name))

    assert (200, "") == (response.status, response.body)
    assert "iPhone" in (await spoken_directly(front))[0]


async def test_a_form_without_words_gets_its_error_in_the_acknowledgement(front: Front) -> None:
    empty = form(front, "view_submission")
    empty["view"]["state"]["values"]["question"]["question"]["value"] = None

    response = await front.takes(empty)

    answer = json.loads(response.body)
    assert 200 == response.status
    assert "errors" == answer["response_action"]
    assert ["question"] == list(answer["errors"])


@pytest.mark.parametrize("name", ["shortcut", "shortcut_organisation"])
async def test_the_global_shortcut_opens_the_form(front: Front, name: str) -> None:
    status = (await front.takes(shape(name, **front.moment()))).status
    opened = await front.workplace.person("alice").opens_modal()

    assert 200 == status
    assert "ask.form" == opened.body["callback_id"]


async def test_the_message_shortcut_answers_beneath_the_message(front: Front) -> None:
    used = shape("message_action", **front.moment())
    asked = front.place({"event": {"channel": "C0ASKIT", "message": used["message"]}})

    status = (await front.takes(used)).status
    answer = await front.workplace.reply_to(asked)

    assert 200 == status
    assert "iPhone" in answer.text


@pytest.mark.parametrize("name", ["slash_command", "slash_command_organisation"])
async def test_the_command_is_answered_privately(front: Front, name: str) -> None:
    command = shape(name, **front.moment(place="random"))

    response = await front.takes(command)
    whisper = await front.workplace.whisper_to(front.workplace.person("alice"))

    assert (200, "") == (response.status, response.body)
    assert "iPhone" in whisper.text


async def test_who_joins_a_tier_may_act_for_it_and_who_leaves_may_not(front: Front) -> None:
    bot = front.workplace.bot
    assert bot is not None

    joined = (await front.takes(shape("member_joined_channel"))).status
    left = (await front.takes(shape("member_left_channel"))).status

    assert (200, 200) == (joined, left)
    assert await front.is_well()


async def test_a_changed_person_is_asked_for_anew(front: Front) -> None:
    await front.answer_to(shape("message_channel"))
    calls = front.workplace.sandbox.core.traffic
    before = len([one for one in calls.after(0) if one.name == "users.info"])

    status = (await front.takes(shape("user_change"))).status
    again = shape("message_im")
    await front.answer_to(again)

    assert 200 == status
    assert before < len([one for one in calls.after(0) if one.name == "users.info"])


async def test_the_request_url_is_verified(front: Front) -> None:
    verification = shape("url_verification")

    response = await front.takes(verification)

    assert 200 == response.status
    assert verification["challenge"] in response.body


@pytest.mark.parametrize(
    "name",
    [
        "app_rate_limited",
        "app_uninstalled",
        "block_suggestion",
        "channel_archive",
        "channel_id_changed",
        "channel_rename",
        "interactive_message",
        "reaction_added",
        "tokens_revoked",
        "unknown_command",
        "unknown_event",
        "unknown_form",
        "unknown_press",
        "unknown_shortcut",
        "view_closed",
    ],
)
async def test_what_nobody_listens_to_is_acknowledged_and_loses_nothing(
    front: Front, name: str
) -> None:
    status = (await front.takes(shape(name, **front.moment()))).status
    answer = await front.answer_to(shape("message_im"))

    assert 200 == status
    assert "iPhone" in answer.text
    assert await front.is_well()


async def test_a_question_is_answered_whatever_else_its_event_lacks(front: Front) -> None:
    thinned = []
    for number, (path, payload) in enumerate(without_one_field(shape("message_channel"))):
        if path in NEEDED:
            continue
        ts = f"1795000{number:03d}.000100"
        payload["event_id"] = f"Ev{number}"
        payload["event"] |= {"ts": ts, "event_ts": ts} if path != "event.event_ts" else {"ts": ts}
        thinned.append((path, front.place(payload), payload))

    statuses = {path: (await front.takes(payload)).status for path, _, payload in thinned}
    unanswered = []
    for path, asked, _ in thinned:
        answer = await front.workplace.reply_to(asked)
        unanswered += [] if "iPhone" in answer.text else [path]

    assert 13 == len(thinned)
    assert {200} == set(statuses.values())
    assert [] == unanswered


async def test_a_payload_that_lacks_any_field_is_acknowledged_and_breaks_nothing(
    front: Front,
) -> None:
    refused: dict[str, int] = {}
    for name in NAMES:
        for path, payload in without_one_field(shape(name, **front.moment())):
            if path in READ_BY_BOLT:
                continue
            if "event_id" in payload:
                payload["event_id"] = f"Ev{name}{path}"
            status = (await front.takes(payload)).status
            refused |= {} if status == 200 else {f"{name} without {path}": status}

    assert {} == refused
    assert "FailedPayload" not in await front.workplace.everything_stored()


@pytest.mark.parametrize(
    ("age", "secret", "status"),
    [
        (0, None, 200),
        (290, None, 200),
        (310, None, 401),
        (-310, None, 401),
        (0, "somebody else's secret", 401),
    ],
)
async def test_only_what_slack_signed_within_five_minutes_is_taken(
    store_url: str,
    knowledge: Knowledge,
    monkeypatch: pytest.MonkeyPatch,
    age: int,
    secret: str | None,
    status: int,
) -> None:
    async with open_front(store_url, knowledge, "http", monkeypatch) as front:
        question = shape("message_channel")
        front.place(question)

        request = front.signed(question, age=age, secret=secret)
        response = await front.app.async_dispatch(request)
        admitted = await front.workplace.everything_stored()

    assert status == response.status
    assert (status == 200) == (question["event"]["ts"] in admitted)
