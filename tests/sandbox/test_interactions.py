"""Presses, forms, commands, shortcuts, response urls: payloads, and what comes of the answers."""

import aiohttp
import pytest
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import ActRefused, Sandbox
from sandbox.conversation import Json
from tests.sandbox.conftest import (
    HandTime,
    ListeningBot,
    button,
    modal,
    posted_card,
    refusal_of,
    text_input,
)

CHOICES = [
    {"text": {"type": "plain_text", "text": text}, "value": value}
    for text, value in (("iPhone", "ios"), ("Pixel", "android"))
]


def answering(answer: Json) -> object:
    """An acknowledgement that carries `answer` for forms and commands."""

    def reply(request: SocketModeRequest) -> Json | None:
        wanted = request.type == "slash_commands" or request.payload["type"] == "view_submission"
        return answer if wanted else None

    return reply


async def opened(sandbox: Sandbox, bot: ListeningBot, view: Json) -> None:
    """Alice presses a button and the bot opens a modal."""
    card = await posted_card(sandbox, bot.client.web_client)
    await sandbox.person("alice").presses(card, "Solved")
    pressed = bot.payloads("block_actions")[-1]
    await bot.client.web_client.views_open(trigger_id=pressed["trigger_id"], view=view)


async def test_a_press_carries_message_container_and_action(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    card = await posted_card(sandbox, bot.client.web_client, "C0ASKIT", button(value="a1"))

    await sandbox.person("alice").presses(card, "Solved")

    payload = bot.payloads("block_actions")[0]
    action = payload["actions"][0]
    assert ("solved", "row", "a1", "button") == (
        action["action_id"],
        action["block_id"],
        action["value"],
        action["type"],
    )
    assert card.ts == payload["message"]["ts"] == payload["container"]["message_ts"]
    assert ("U0ALICE", "T0NORTHWIND") == (payload["user"]["id"], payload["user"]["team_id"])
    assert payload["response_url"].startswith(sandbox.url)


async def test_overflow_and_select_options_are_pressed_by_their_text(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    overflow = {"type": "overflow", "action_id": "more", "options": CHOICES}
    select = {"type": "static_select", "action_id": "platform", "options": CHOICES}
    card = await posted_card(sandbox, bot.client.web_client, "C0ASKIT", overflow, select)
    alice = sandbox.person("alice")

    await alice.presses(card, "Pixel")
    await alice.chooses(card, "platform", "ios")

    chosen = [
        one["actions"][0]["selected_option"]["value"] for one in bot.payloads("block_actions")
    ]
    assert ["android", "ios"] == chosen
    state = bot.payloads("block_actions")[1]["state"]["values"]["row"]["platform"]
    assert "ios" == state["selected_option"]["value"]


async def test_pressing_what_is_not_there_names_what_is(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    card = await posted_card(sandbox, client)

    with pytest.raises(ActRefused, match="'Solved'"):
        await sandbox.person("alice").presses(card, "Escalate")


async def test_an_outdated_screen_can_still_be_pressed(sandbox: Sandbox, bot: ListeningBot) -> None:
    web = bot.client.web_client
    card = await posted_card(sandbox, web)
    seen = sandbox.snapshot(card)
    await web.chat_delete(channel="C0ASKIT", ts=card.ts)

    await sandbox.person("alice").presses(seen, "Solved")

    assert card.ts == bot.payloads("block_actions")[0]["container"]["message_ts"]


async def test_an_ephemeral_press_carries_no_message(sandbox: Sandbox, bot: ListeningBot) -> None:
    blocks = [{"type": "actions", "elements": [button()]}]
    await bot.client.web_client.chat_postEphemeral(
        channel="C0ASKIT", user="U0ALICE", text="psst", blocks=blocks
    )
    alice = sandbox.person("alice")

    await alice.presses(alice.ephemerals()[0], "Solved")

    payload = bot.payloads("block_actions")[0]
    assert payload["container"]["is_ephemeral"]
    assert "message" not in payload
    with pytest.raises(ActRefused, match="somebody else"):
        await sandbox.person("adam").presses(alice.ephemerals()[0], "Solved")


async def test_outsiders_press_only_what_they_see(sandbox: Sandbox, client: AsyncWebClient) -> None:
    card = await posted_card(sandbox, client)

    with pytest.raises(ActRefused, match="cannot see"):
        await sandbox.person("gus").presses(card, "Solved")


# triggers --------------------------------------------------------------------------------------


async def test_a_trigger_opens_one_view(sandbox: Sandbox, bot: ListeningBot) -> None:
    await opened(sandbox, bot, modal())
    used = bot.payloads("block_actions")[0]["trigger_id"]

    again = bot.client.web_client.views_open(trigger_id=used, view=modal())

    assert 1 == len(sandbox.person("alice").modals)
    assert "exchanged_trigger_id" == await refusal_of(again)


@pytest.mark.parametrize(("age", "code"), [(3.0, None), (3.1, "expired_trigger_id")])
async def test_a_trigger_lives_three_seconds(
    sandbox: Sandbox, bot: ListeningBot, hand_time: HandTime, age: float, code: str | None
) -> None:
    card = await posted_card(sandbox, bot.client.web_client)
    await sandbox.person("alice").presses(card, "Solved")
    trigger = bot.payloads("block_actions")[0]["trigger_id"]
    hand_time.passes(age)

    call = bot.client.web_client.views_open(trigger_id=trigger, view=modal())

    if code is None:
        assert (await call)["ok"]
    else:
        assert code == await refusal_of(call)


async def test_an_invented_trigger_is_invalid(client: AsyncWebClient) -> None:
    call = client.views_open(trigger_id="1.2.3", view=modal())

    assert "invalid_trigger_id" == await refusal_of(call)


# forms -----------------------------------------------------------------------------------------


async def test_a_form_is_sent_with_its_state_and_closes(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    platform = {
        "type": "input",
        "block_id": "where",
        "label": {"type": "plain_text", "text": "Platform"},
        "element": {"type": "static_select", "action_id": "platform", "options": CHOICES},
    }
    note = {**text_input("note", "A note"), "optional": True}
    view = modal(text_input(), platform, note, private_metadata="t1")
    await opened(sandbox, bot, view)
    alice = sandbox.person("alice")

    result = await alice.submits({"What happened": "it froze", "Platform": "Pixel"})

    payload = bot.payloads("view_submission")[0]
    values = payload["view"]["state"]["values"]
    assert result.ok
    assert "it froze" == values["what"]["text"]["value"]
    assert "android" == values["where"]["platform"]["selected_option"]["value"]
    assert values["note"]["text"]["value"] is None
    assert "t1" == payload["view"]["private_metadata"]
    assert [] == alice.modals


DEVICES = {
    "type": "input",
    "block_id": "list",
    "label": {"type": "plain_text", "text": "The list"},
    "element": {
        "type": "file_input",
        "action_id": "devices",
        "filetypes": ["csv"],
        "max_files": 1,
    },
}


async def test_a_form_is_sent_with_the_file_objects_of_what_was_uploaded(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    await opened(sandbox, bot, modal(DEVICES))
    alice = sandbox.person("alice")
    file = await alice.uploads("devices.csv", b"upn,os")

    result = await alice.submits({"The list": [{"id": file, "name": "something else"}]})

    [sent] = bot.payloads("view_submission")[0]["view"]["state"]["values"]["list"]["devices"][
        "files"
    ]
    assert result.ok
    assert (file, "devices.csv", 6) == (sent["id"], sent["name"], sent["size"])
    assert sent["url_private"].endswith(f"/files/{file}/devices.csv")


async def test_files_of_another_kind_or_too_many_or_never_uploaded_are_not_sent(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    await opened(sandbox, bot, modal(DEVICES))
    alice = sandbox.person("alice")
    first, second = [await alice.uploads(f"{n}.csv", b"upn") for n in (1, 2)]
    picture = await alice.uploads("devices.png", b"upn")

    several = await alice.submits({"The list": [first, second]})
    wrong = await alice.submits({"The list": [picture]})
    none = await alice.submits({"The list": []})
    with pytest.raises(ActRefused, match="upload it first"):
        await alice.submits({"The list": ["F0NOWHERE"]})

    assert {"list": "Please choose at most 1 files."} == several.errors
    assert {"list": "Please choose a file of type csv."} == wrong.errors
    assert {"list": "Please complete this required field."} == none.errors
    assert [] == bot.payloads("view_submission")


async def test_a_form_with_a_required_answer_missing_is_not_sent(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    await opened(sandbox, bot, modal(text_input(min_length=3)))
    alice = sandbox.person("alice")

    missing = await alice.submits({})
    blank = await alice.submits({"text": "   "})
    short = await alice.submits({"text": "no"})

    assert ["what"] == list(missing.errors) == list(blank.errors) == list(short.errors)
    assert [] == bot.payloads("view_submission")


async def test_errors_from_the_app_keep_the_form_open(sandbox: Sandbox, bot: ListeningBot) -> None:
    bot.answer = answering(  # type: ignore[assignment]
        {"response_action": "errors", "errors": {"what": "say more"}}
    )
    await opened(sandbox, bot, modal())
    alice = sandbox.person("alice")

    result = await alice.submits({"text": "hm"})

    assert {"what": "say more"} == result.errors == alice.modal.errors
    assert "hm" == alice.modal.values["what"]["text"]["value"]


async def test_errors_for_a_block_that_is_no_input_are_the_apps_mistake(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    bot.answer = answering(  # type: ignore[assignment]
        {"response_action": "errors", "errors": {"other": "say more"}}
    )
    await opened(sandbox, bot, modal())

    with pytest.raises(ActRefused, match="other"):
        await sandbox.person("alice").submits({"text": "hm"})


async def test_an_answer_may_update_push_and_clear(sandbox: Sandbox, bot: ListeningBot) -> None:
    await opened(sandbox, bot, modal())
    alice = sandbox.person("alice")
    callbacks = []

    for action in ("update", "push", "clear"):
        bot.answer = answering(  # type: ignore[assignment]
            {"response_action": action, "view": modal(callback_id=action)}
        )
        await alice.submits({"text": "next"})
        callbacks.append([view.body["callback_id"] for view in alice.modals])

    assert [["update"], ["update", "push"], []] == callbacks


async def test_three_modals_are_the_most(sandbox: Sandbox, bot: ListeningBot) -> None:
    web, alice = bot.client.web_client, sandbox.person("alice")
    row = {"type": "actions", "elements": [button("More", "more")]}
    await opened(sandbox, bot, modal(text_input(), row))
    for _ in range(2):
        await alice.presses(alice.modal, "More")
        trigger = bot.payloads("block_actions")[-1]["trigger_id"]
        await web.views_push(trigger_id=trigger, view=modal(text_input(), row))

    await alice.presses(alice.modal, "More")
    trigger = bot.payloads("block_actions")[-1]["trigger_id"]
    fourth = web.views_push(trigger_id=trigger, view=modal())

    assert 3 == len(alice.modals)
    assert alice.modals[0].id == alice.modals[2].root_id
    assert "push_limit_reached" == await refusal_of(fourth)


async def test_a_view_is_updated_only_with_the_hash_of_now(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    web = bot.client.web_client
    await opened(sandbox, bot, modal())
    view = sandbox.person("alice").modal
    old = view.hash

    await web.views_update(view_id=view.id, hash=old, view=modal(callback_id="new"))
    late = web.views_update(view_id=view.id, hash=old, view=modal(callback_id="late"))

    assert "hash_conflict" == await refusal_of(late)
    assert "new" == view.body["callback_id"]
    gone = web.views_update(view_id="V0GONE", view=modal())
    assert "not_found" == await refusal_of(gone)


async def test_what_was_typed_survives_an_update(sandbox: Sandbox, bot: ListeningBot) -> None:
    bot.answer = answering(  # type: ignore[assignment]
        {"response_action": "errors", "errors": {"what": "wait"}}
    )
    await opened(sandbox, bot, modal())
    alice = sandbox.person("alice")
    await alice.submits({"text": "typed"})

    await bot.client.web_client.views_update(view_id=alice.modal.id, view=modal())
    bot.answer = lambda request: None
    await alice.submits({})

    values = bot.payloads("view_submission")[-1]["view"]["state"]["values"]
    assert "typed" == values["what"]["text"]["value"]


async def test_an_external_id_names_one_view(sandbox: Sandbox, bot: ListeningBot) -> None:
    web, alice = bot.client.web_client, sandbox.person("alice")
    await opened(sandbox, bot, modal(external_id="ticket-1"))

    await web.views_update(external_id="ticket-1", view=modal(external_id="ticket-1"))
    trigger = sandbox.core.triggers.issue("U0ADAM")
    twice = web.views_open(trigger_id=trigger, view=modal(external_id="ticket-1"))

    assert "duplicate_external_id" == await refusal_of(twice)
    await alice.closes_modal()
    assert (
        await web.views_open(
            trigger_id=sandbox.core.triggers.issue("U0ADAM"), view=modal(external_id="ticket-1")
        )
    )["ok"]


async def test_closing_is_told_only_where_asked_for(sandbox: Sandbox, bot: ListeningBot) -> None:
    alice = sandbox.person("alice")
    await opened(sandbox, bot, modal())
    await alice.closes_modal()
    await opened(sandbox, bot, modal(notify_on_close=True))
    await alice.closes_modal()

    payloads = bot.payloads("view_closed")
    assert [False] == [payload["is_cleared"] for payload in payloads]


async def test_a_home_is_published_pressed_and_guarded_by_its_hash(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    web, alice = bot.client.web_client, sandbox.person("alice")
    home = {"type": "home", "blocks": [{"type": "actions", "elements": [button("Ask", "ask")]}]}
    first = await web.views_publish(user_id=alice.id, view=home)
    assert alice.home is not None

    await alice.presses(alice.home, "Ask")
    await web.views_publish(user_id=alice.id, view=home, hash=first["view"]["hash"])
    stale = web.views_publish(user_id=alice.id, view=home, hash=first["view"]["hash"])

    pressed = bot.payloads("block_actions")[0]
    assert (first["view"]["id"], "view") == (pressed["view"]["id"], pressed["container"]["type"])
    assert "hash_conflict" == await refusal_of(stale)


async def test_a_modal_cannot_be_published_nor_a_home_opened(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    publish = client.views_publish(user_id="U0ALICE", view=modal())
    trigger = sandbox.core.triggers.issue("U0ALICE")
    opening = client.views_open(trigger_id=trigger, view={"type": "home", "blocks": []})

    assert "invalid_arguments" == await refusal_of(publish)
    assert "invalid_arguments" == await refusal_of(opening)


async def test_options_of_an_external_select_come_from_the_app(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    bot.answer = lambda request: {"options": CHOICES}
    select = {"type": "external_select", "action_id": "article"}
    card = await posted_card(sandbox, bot.client.web_client, "C0ASKIT", select)
    query = {"as": "alice", "channel": "C0ASKIT", "ts": card.ts, "action_id": "article"}

    async with aiohttp.ClientSession() as session:
        url = f"{sandbox.url}/sandbox/options"
        answer = await (await session.get(url, params={**query, "query": "en"})).json()

    assert CHOICES == answer["options"]
    assert "en" == bot.payloads("block_suggestion")[0]["value"]


# commands and shortcuts ------------------------------------------------------------------------


async def test_a_command_is_answered_in_its_acknowledgement(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    bot.answer = answering({"text": "here is help"})  # type: ignore[assignment]
    alice = sandbox.person("alice")

    await alice.commands("/signpost", "help", "#sales")

    payload = bot.payloads("/signpost")[0]
    assert ("help", "C0SALES", "sales", "U0ALICE") == (
        payload["text"],
        payload["channel_id"],
        payload["channel_name"],
        payload["user_id"],
    )
    assert ["here is help"] == [one.text for one in alice.ephemerals("#sales")]


async def test_unknown_commands_and_foreign_people_are_refused() -> None:
    manifest = {"features": {"slash_commands": [{"command": "/signpost"}]}}
    async with Sandbox(manifest=manifest) as sandbox:
        with pytest.raises(ActRefused, match="not a valid command"):
            await sandbox.person("alice").commands("/other", "", "#sales")
        with pytest.raises(ActRefused, match="members of this workspace"):
            await sandbox.person("pat").commands("/signpost", "", "#partners")


async def test_shortcuts_carry_what_they_were_used_on(sandbox: Sandbox, bot: ListeningBot) -> None:
    alice = sandbox.person("alice")
    message = await sandbox.person("adam").says("#ask-it", "how?")

    await alice.shortcut("ask", message)
    await alice.shortcut("ask")

    on_message, anywhere = bot.payloads("message_action")[0], bot.payloads("shortcut")[0]
    assert (message.ts, "U0ADAM") == (on_message["message_ts"], on_message["message"]["user"])
    assert "response_url" not in anywhere
    assert "channel" not in anywhere


# response urls ---------------------------------------------------------------------------------


async def post(url: str, payload: Json) -> int:
    async with aiohttp.ClientSession() as session, session.post(url, json=payload) as answer:
        return answer.status


async def test_a_response_url_whispers_by_default_and_works_five_times(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    alice = sandbox.person("alice")
    await alice.commands("/signpost", "help", "#sales")
    url = bot.payloads("/signpost")[0]["response_url"]

    statuses = [await post(url, {"text": f"part {number}"}) for number in range(6)]

    assert [200, 200, 200, 200, 200, 404] == statuses
    assert 5 == len(alice.ephemerals("#sales"))


@pytest.mark.parametrize(("age", "status"), [(1_800, 200), (1_801, 404)])
async def test_a_response_url_lives_thirty_minutes(
    sandbox: Sandbox, bot: ListeningBot, hand_time: HandTime, age: int, status: int
) -> None:
    await sandbox.person("alice").commands("/signpost", "help", "#sales")
    url = bot.payloads("/signpost")[0]["response_url"]
    hand_time.passes(age)

    assert status == await post(url, {"text": "late"})


async def test_a_response_url_replaces_deletes_or_posts_anew(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    card = await posted_card(sandbox, bot.client.web_client)
    alice = sandbox.person("alice")
    await alice.presses(card, "Solved")
    url = bot.payloads("block_actions")[0]["response_url"]

    await post(url, {"text": "in the channel", "response_type": "in_channel"})
    await post(url, {"text": "whispered", "replace_original": False})
    await post(url, {"text": "replaced", "replace_original": True})
    texts = [one.text for one in sandbox.messages_in("ask-it")]
    await post(url, {"delete_original": True})

    assert ["replaced", "in the channel"] == texts
    assert ["whispered"] == [one.text for one in alice.ephemerals()]
    assert ["in the channel"] == [one.text for one in sandbox.messages_in("ask-it")]


async def test_a_response_that_breaks_a_limit_is_refused_and_not_counted(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    await sandbox.person("alice").commands("/signpost", "help", "#sales")
    url = bot.payloads("/signpost")[0]["response_url"]

    assert 400 == await post(url, {"text": ""})
    assert 200 == await post(url, {"text": "fine"})


async def test_a_command_is_refused_in_a_thread_and_taken_outside(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    alice = sandbox.person("alice")
    root = await alice.says("#ask-it", "how?")

    await alice.commands("/signpost", "help", "#ask-it")
    with pytest.raises(ActRefused) as refused:
        await alice.commands("/signpost", "help", "#ask-it", thread=root)

    assert "not_in_threads" == refused.value.code
    assert 1 == len(bot.payloads("/signpost"))


async def test_a_message_shortcut_does_not_work_on_an_ephemeral_message(
    sandbox: Sandbox, client: AsyncWebClient, bot: ListeningBot
) -> None:
    alice = sandbox.person("alice")
    await client.chat_postEphemeral(channel="C0ASKIT", user="U0ALICE", text="a hint")
    shown = await client.chat_postMessage(channel="C0ASKIT", text="for all")

    await alice.shortcut("ask", sandbox.channel("ask-it").find(shown["ts"]))
    with pytest.raises(ActRefused) as refused:
        await alice.shortcut("ask", alice.ephemerals()[0])

    assert "not_allowed" == refused.value.code
    assert 1 == len(bot.payloads("message_action"))


async def test_a_deactivated_person_can_do_nothing(sandbox: Sandbox, bot: ListeningBot) -> None:
    adam = sandbox.person("adam")
    card = await posted_card(sandbox, bot.client.web_client)
    await adam.presses(card, "Solved")
    sandbox.change_person("adam", deleted=True)

    acts = (
        adam.presses(card, "Solved"),
        adam.opens_home(),
        adam.shortcut("ask"),
        adam.says("#ask-it", "hello?"),
    )
    codes = []
    for act in acts:
        with pytest.raises(ActRefused) as refused:
            await act
        codes.append(refused.value.code)

    assert ["account_inactive"] * 4 == codes
    assert 1 == len(bot.payloads("block_actions"))


@pytest.mark.parametrize(("enabled", "code"), [(True, None), (False, "not_enabled")])
async def test_a_home_is_published_where_the_manifest_has_one(
    enabled: bool, code: str | None
) -> None:
    manifest = {
        "features": {"app_home": {"home_tab_enabled": enabled, "messages_tab_enabled": enabled}},
        "oauth_config": {"scopes": {"bot": ["chat:write", "im:write"]}},
    }
    async with Sandbox(manifest=manifest) as sandbox:
        client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        view = {"type": "home", "blocks": [{"type": "divider"}]}
        publish = client.views_publish(user_id="U0ALICE", view=view)
        found = await refusal_of(publish) if code else await publish

        post = client.chat_postMessage(channel="U0ALICE", text="hello")
        posted = await refusal_of(post) if code else await post

    assert code == (found if code else None)
    assert ("messages_tab_disabled" if code else None) == (posted if code else None)
