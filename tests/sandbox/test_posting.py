"""chat.*: what Slack takes, what it refuses, and with which code."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from sandbox.conversation import MOST_EPHEMERALS, Json
from sandbox.shelf import KEPT_OPEN
from tests.sandbox.conftest import HandTime, card, posted_card, refusal_of


async def test_a_message_is_posted_with_its_author_and_a_ts(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    answer = await client.chat_postMessage(channel="C0ASKIT", text="hello")

    message = sandbox.messages_in("#ask-it")[-1]
    assert ("hello", "U0SIGNPOST", "B0SIGNPOST") == (message.text, message.user, message.bot_id)
    assert message.ts == answer["ts"]


async def test_ts_is_unique_in_a_channel_even_within_one_microsecond(
    client: AsyncWebClient,
) -> None:
    first = await client.chat_postMessage(channel="C0ASKIT", text="one")
    second = await client.chat_postMessage(channel="C0ASKIT", text="two")

    assert first["ts"] < second["ts"]


async def test_form_bodies_are_read_like_json(sandbox: Sandbox, client: AsyncWebClient) -> None:
    fields = {"channel": "C0ASKIT", "text": "by form", "unfurl_links": "false"}

    await client.api_call("chat.postMessage", data=fields)

    assert "by form" == sandbox.messages_in("ask-it")[-1].text


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        ("C0NOWHERE", "channel_not_found"),
        ("C0SALES", None),
        ("C0ARCHIVEDPROJECT", "is_archived"),
        ("U0ALICE", None),
        ("U0SIGNPOST", "cannot_dm_bot"),
    ],
)
async def test_where_the_bot_may_post(
    client: AsyncWebClient, channel: str, code: str | None
) -> None:
    call = client.chat_postMessage(channel=channel, text="hello")

    if code is None:
        assert (await call)["ok"]
    else:
        assert code == await refusal_of(call)


async def test_a_private_channel_does_not_exist_for_a_bot_outside_it(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    await sandbox.person("tia").removes("#tier-1", "signpost")

    assert "channel_not_found" == await refusal_of(
        client.chat_postMessage(channel="C0TIER1", text="hello")
    )


async def test_without_chat_write_public_a_public_channel_must_be_joined_first(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    sandbox.set_scopes("chat:write", "channels:join")

    refused = await refusal_of(client.chat_postMessage(channel="C0SALES", text="hello"))
    await client.conversations_join(channel="C0SALES")
    posted = await client.chat_postMessage(channel="C0SALES", text="hello")

    assert "not_in_channel" == refused
    assert posted["ok"]


async def test_text_over_40000_is_truncated_not_refused(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    answer = await client.chat_postMessage(channel="C0ASKIT", text="x" * 40_001)

    assert "message_truncated" == answer["warning"]
    assert 40_000 == len(sandbox.messages_in("ask-it")[-1].text)


async def test_text_of_40000_is_kept_whole(client: AsyncWebClient) -> None:
    answer = await client.chat_postMessage(channel="C0ASKIT", text="x" * 40_000)

    assert answer.get("warning") is None
    assert 40_000 == len(answer["message"]["text"])


@pytest.mark.parametrize(("length", "code"), [(4_000, None), (4_001, "msg_too_long")])
async def test_an_update_takes_4000_characters(
    sandbox: Sandbox, client: AsyncWebClient, length: int, code: str | None
) -> None:
    posted = await client.chat_postMessage(channel="C0ASKIT", text="before")
    update = client.chat_update(channel="C0ASKIT", ts=posted["ts"], text="x" * length)

    if code is None:
        await update
    else:
        assert code == await refusal_of(update)
    assert (length if code is None else 6) == len(sandbox.messages_in("ask-it")[-1].text)


async def test_an_update_with_text_alone_drops_the_blocks_and_keeps_metadata(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    metadata = {"event_type": "ticket", "event_payload": {"key": "k1"}}
    posted = await client.chat_postMessage(
        channel="C0ASKIT", text="a", blocks=card(), metadata=metadata
    )

    await client.chat_update(channel="C0ASKIT", ts=posted["ts"], text="b")

    message = sandbox.messages_in("ask-it")[-1]
    assert (None, metadata) == (message.blocks, message.metadata)


async def test_empty_metadata_takes_metadata_away(sandbox: Sandbox, client: AsyncWebClient) -> None:
    metadata = {"event_type": "ticket", "event_payload": {}}
    posted = await client.chat_postMessage(channel="C0ASKIT", text="a", metadata=metadata)

    await client.chat_update(channel="C0ASKIT", ts=posted["ts"], text="b", metadata={})

    assert sandbox.messages_in("ask-it")[-1].metadata is None


async def test_editing_only_blocks_leaves_no_mark_of_an_edit(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    message = await posted_card(sandbox, client)

    await client.chat_update(channel="C0ASKIT", ts=message.ts, text="An answer", blocks=card())
    unmarked = message.edited
    await client.chat_update(channel="C0ASKIT", ts=message.ts, text="Another", blocks=card())

    assert unmarked is None
    assert message.edited is not None


async def test_the_bot_cannot_touch_messages_of_others(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    hers = await sandbox.person("alice").says("#ask-it", "mine")

    update = client.chat_update(channel="C0ASKIT", ts=hers.ts, text="yours")
    delete = client.chat_delete(channel="C0ASKIT", ts=hers.ts)

    assert "cant_update_message" == await refusal_of(update)
    assert "cant_delete_message" == await refusal_of(delete)


async def test_a_deleted_message_is_not_found(sandbox: Sandbox, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C0ASKIT", text="short-lived")
    await client.chat_delete(channel="C0ASKIT", ts=posted["ts"])

    update = client.chat_update(channel="C0ASKIT", ts=posted["ts"], text="late")

    assert "message_not_found" == await refusal_of(update)


async def test_a_reply_to_a_deleted_root_lands_in_the_channel_without_thread_ts(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    alice = sandbox.person("alice")
    question = await alice.says("#ask-it", "how?")
    await alice.deletes(question)

    answer = await client.chat_postMessage(
        channel="C0ASKIT", thread_ts=question.ts, text="like this"
    )

    assert "thread_ts" not in answer["message"]
    history = await client.conversations_history(channel="C0ASKIT")
    assert "like this" == history["messages"][0]["text"]


async def test_a_root_with_replies_becomes_a_tombstone_and_goes_with_its_last_reply(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    alice = sandbox.person("alice")
    question = await alice.says("#ask-it", "how?")
    reply = await client.chat_postMessage(channel="C0ASKIT", thread_ts=question.ts, text="thus")

    await alice.deletes(question)
    kept = sandbox.channel("ask-it").find(question.ts)
    await client.chat_delete(channel="C0ASKIT", ts=reply["ts"])

    assert kept is not None
    assert ("tombstone", "This message was deleted.") == (kept.subtype, kept.text)
    assert sandbox.channel("ask-it").find(question.ts) is None


async def test_a_reply_carries_the_root_and_the_root_counts_its_replies(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    question = await sandbox.person("alice").says("#ask-it", "how?")

    reply = await client.chat_postMessage(channel="C0ASKIT", thread_ts=question.ts, text="thus")
    thread = await client.conversations_replies(channel="C0ASKIT", ts=question.ts)

    root = thread["messages"][0]
    assert question.ts == reply["message"]["thread_ts"]
    assert (1, ["U0SIGNPOST"]) == (root["reply_count"], root["reply_users"])


async def test_a_broadcast_reply_stands_in_thread_and_channel(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    question = await sandbox.person("alice").says("#ask-it", "how?")

    await client.chat_postMessage(
        channel="C0ASKIT", thread_ts=question.ts, text="for all", reply_broadcast=True
    )

    history = await client.conversations_history(channel="C0ASKIT")
    assert "thread_broadcast" == history["messages"][0]["subtype"]
    assert ["for all"] == [one.text for one in sandbox.replies(question)]


@pytest.mark.parametrize(
    ("user", "code"),
    [("U0ALICE", None), ("U0GUS", "user_not_in_channel"), ("U0X", "user_not_in_channel")],
)
async def test_an_ephemeral_message_reaches_members_only(
    sandbox: Sandbox, client: AsyncWebClient, user: str, code: str | None
) -> None:
    call = client.chat_postEphemeral(channel="C0ASKIT", user=user, text="just you")

    if code is None:
        await call
        assert ["just you"] == [one.text for one in sandbox.ephemerals("alice")]
        assert [] == sandbox.messages_in("ask-it")
    else:
        assert code == await refusal_of(call)


async def test_an_ephemeral_in_a_thread_is_shown_only_where_the_thread_exists(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    question = await sandbox.person("alice").says("#ask-it", "how?")
    whisper: Json = {"channel": "C0ASKIT", "user": "U0ALICE", "thread_ts": question.ts}

    await client.chat_postEphemeral(**whisper, text="lost")
    await client.chat_postMessage(channel="C0ASKIT", thread_ts=question.ts, text="thus")
    await client.chat_postEphemeral(**whisper, text="shown")

    assert ["shown"] == [one.text for one in sandbox.ephemerals("alice")]


async def test_an_ephemeral_message_cannot_be_updated(client: AsyncWebClient) -> None:
    whisper = await client.chat_postEphemeral(channel="C0ASKIT", user="U0ALICE", text="psst")

    update = client.chat_update(channel="C0ASKIT", ts=whisper["message_ts"], text="louder")

    assert "message_not_found" == await refusal_of(update)


async def test_a_permalink_leads_back_to_the_message(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(channel="C0ASKIT", text="here")

    link = await client.chat_getPermalink(channel="C0ASKIT", message_ts=posted["ts"])

    digits = posted["ts"].replace(".", "")
    assert f"{sandbox.url}/archives/C0ASKIT/p{digits}" == link["permalink"]


async def test_reactions_are_added_once_and_taken_back_once(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    message = await sandbox.person("alice").says("#ask-it", "thanks")
    target = {"channel": "C0ASKIT", "timestamp": message.ts, "name": "eyes"}

    await client.reactions_add(**target)
    twice = await refusal_of(client.reactions_add(**target))
    seen = await client.reactions_get(channel="C0ASKIT", timestamp=message.ts)
    await client.reactions_remove(**target)
    gone = await refusal_of(client.reactions_remove(**target))

    assert ("already_reacted", "no_reaction") == (twice, gone)
    assert [{"name": "eyes", "users": ["U0SIGNPOST"], "count": 1}] == seen["message"]["reactions"]


async def test_a_file_is_uploaded_in_three_steps(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await client.files_upload_v2(
        channel="C0ASKIT", filename="gaps.csv", content="a,b", initial_comment="the gaps"
    )

    message = sandbox.messages_in("ask-it")[-1]
    assert message.files is not None
    assert ("the gaps", "gaps.csv", "text/csv") == (
        message.text,
        message.files[0]["name"],
        message.files[0]["mimetype"],
    )
    assert b"a,b" == sandbox.workspace.file_bytes[message.files[0]["id"]]


async def test_a_file_that_was_never_uploaded_cannot_be_completed(client: AsyncWebClient) -> None:
    announced = await client.files_getUploadURLExternal(filename="a.txt", length=3)

    complete = client.files_completeUploadExternal(
        files=[{"id": announced["file_id"], "title": "a"}], channel_id="C0ASKIT"
    )

    assert "file_not_found" == await refusal_of(complete)


async def test_ts_follows_real_time(client: AsyncWebClient, hand_time: HandTime) -> None:
    hand_time.passes(60)

    posted = await client.chat_postMessage(channel="C0ASKIT", text="a minute later")

    assert posted["ts"].startswith("1800000060.")


@pytest.mark.parametrize("customises", [True, False])
async def test_another_name_is_shown_with_its_scope_and_ignored_without(
    sandbox: Sandbox, client: AsyncWebClient, customises: bool
) -> None:
    more = ("chat:write.customize",) if customises else ()
    sandbox.set_scopes("chat:write", *more)

    posted = await client.chat_postMessage(
        channel="C0ASKIT", text="Wave 1", username="Ada Ashby", icon_emoji=":wave:"
    )

    assert ("Ada Ashby" if customises else None) == posted["message"].get("username")
    assert ({"emoji": ":wave:"} if customises else None) == posted["message"].get("icons")


async def test_a_reaction_needs_its_name(client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C0ASKIT", text="x")
    nameless = client.reactions_add(channel="C0ASKIT", timestamp=posted["ts"], name="")

    assert "invalid_name" == await refusal_of(nameless)


async def test_a_file_that_is_gone_is_not_found(client: AsyncWebClient) -> None:
    uploaded = await client.files_upload_v2(channel="C0ASKIT", filename="a.txt", content="abc")
    file_id = uploaded["file"]["id"]

    before = await client.files_info(file=file_id)
    await client.files_delete(file=file_id)

    assert 3 == before["file"]["size"]
    assert "file_not_found" == await refusal_of(client.files_info(file=file_id))
    assert "file_not_found" == await refusal_of(client.files_delete(file=file_id))


async def test_a_message_that_was_put_away_comes_back_as_it_was_left(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    channel = sandbox.channel("random")
    channel.members["U0SIGNPOST"] = None
    first = await client.chat_postMessage(channel="C0RANDOM", text="first", blocks=card())
    for number in range(KEPT_OPEN):
        await sandbox.person("alice").says("#random", f"message {number}")

    await client.chat_update(channel="C0RANDOM", ts=first["ts"], text="changed", blocks=card())
    await client.reactions_add(channel="C0RANDOM", timestamp=first["ts"], name="eyes")
    await client.chat_postMessage(channel="C0RANDOM", text="below", thread_ts=first["ts"])
    for number in range(KEPT_OPEN):
        await sandbox.person("adam").says("#random", f"message {number}")

    read = await client.conversations_replies(channel="C0RANDOM", ts=first["ts"])
    root = read["messages"][0]
    assert ("changed", 1, "eyes") == (
        root["text"],
        root["reply_count"],
        root["reactions"][0]["name"],
    )
    assert "actions" == root["blocks"][1]["type"]
    assert 2 * KEPT_OPEN + 2 == len(channel.messages())


@pytest.mark.parametrize(("whispers", "kept"), [(MOST_EPHEMERALS, 200), (MOST_EPHEMERALS + 1, 200)])
async def test_the_newest_ephemerals_are_kept(
    sandbox: Sandbox, client: AsyncWebClient, whispers: int, kept: int
) -> None:
    for number in range(whispers):
        await client.chat_postEphemeral(channel="C0ASKIT", user="U0ALICE", text=f"hint {number}")

    held = sandbox.ephemerals("alice")

    assert kept == len(held)
    assert f"hint {whispers - 1}" == held[-1].text
