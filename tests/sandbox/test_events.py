"""Which events the bot is told, in which shape, and which it is not."""

from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from sandbox.conversation import Json
from tests.sandbox.conftest import ListeningBot, refusal_of


async def test_a_message_event_has_the_documented_envelope(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    message = await sandbox.person("alice").says("#ask-it", "how?")

    payload = await bot.hears("message")

    assert ("event_callback", "T0NORTHWIND") == (payload["type"], payload["team_id"])
    assert payload["event_id"].startswith("Ev")
    assert "U0SIGNPOST" == payload["authorizations"][0]["user_id"]
    event = payload["event"]
    assert ("U0ALICE", "C0ASKIT", "channel") == (
        event["user"],
        event["channel"],
        event["channel_type"],
    )
    assert message.ts == event["ts"] == event["event_ts"]
    assert event["client_msg_id"]


async def test_incoming_text_is_escaped_and_carries_control_sequences(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    typed = "a < b & c @alice #general @channel @tier1 https://example.org/?a=1&b=2 not@alice"
    await sandbox.person("adam").says("#ask-it", typed)

    event = (await bot.hears("message"))["event"]

    expected = (
        "a &lt; b &amp; c <@U0ALICE> <#C0GENERAL|general> <!channel> <!subteam^S0TIER1|@tier1> "
        "<https://example.org/?a=1&amp;b=2> not@alice"
    )
    assert expected == event["text"]


async def test_what_only_looks_like_a_control_sequence_is_escaped(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    await sandbox.person("adam").says("#ask-it", "<script> <!subteam> <@someone>")

    event = (await bot.hears("message"))["event"]

    assert "&lt;script&gt; &lt;!subteam&gt; &lt;@someone&gt;" == event["text"]


async def test_a_mention_arrives_twice_under_two_event_ids(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    await sandbox.person("alice").mentions_bot("#ask-it", "how?")

    mention, message = await bot.hears("app_mention"), await bot.hears("message")

    assert mention["event"]["ts"] == message["event"]["ts"]
    assert mention["event_id"] != message["event_id"]


async def test_a_direct_message_comes_once(sandbox: Sandbox, bot: ListeningBot) -> None:
    alice = sandbox.person("alice")

    await alice.direct_messages(f"<@{sandbox.workspace.bot.id}> how?")
    await sandbox.settled()

    assert ["im"] == [event["channel_type"] for event in bot.events("message")]
    assert [] == bot.events("app_mention")


async def test_the_bot_hears_nothing_where_it_is_no_member(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    await sandbox.person("alice").mentions_bot("#sales", "anybody?")
    await sandbox.person("alice").says("#ask-it", "a last word")

    event = (await bot.hears("message"))["event"]

    assert "a last word" == event["text"]
    assert [] == bot.events("app_mention")


async def test_edits_and_deletions_are_told_of_others_and_of_the_bot_itself(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    alice, web = sandbox.person("alice"), bot.client.web_client
    hers = await alice.says("#ask-it", "befor")
    await alice.edits(hers, "before")
    await alice.deletes(hers)
    own = await web.chat_postMessage(channel="C0ASKIT", text="mine")
    await web.chat_delete(channel="C0ASKIT", ts=own["ts"])

    await bot.hears("message", 5)

    events = bot.events("message")
    subtypes = [event.get("subtype") for event in events]
    assert [None, "message_changed", "message_deleted", None, "message_deleted"] == subtypes
    assert ("before", "befor") == (
        events[1]["message"]["text"],
        events[1]["previous_message"]["text"],
    )
    assert (hers.ts, own["ts"]) == (events[2]["deleted_ts"], events[4]["deleted_ts"])
    assert "B0SIGNPOST" == events[3]["bot_id"]


async def test_deleting_a_root_with_replies_tells_of_a_tombstone(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    alice = sandbox.person("alice")
    root = await alice.says("#ask-it", "root")
    await alice.replies(root, "reply")
    await alice.deletes(root)

    event = (await bot.hears("message", 3))["event"]

    assert "message_changed" == event["subtype"]
    assert ("tombstone", "USLACKBOT") == (event["message"]["subtype"], event["message"]["user"])


async def test_joining_and_leaving_are_told(sandbox: Sandbox, bot: ListeningBot) -> None:
    await sandbox.person("tia").invites("#tier-1", "tess")
    await sandbox.person("tess").leaves("#tier-1")

    joined = (await bot.hears("member_joined_channel"))["event"]
    left = (await bot.hears("member_left_channel"))["event"]

    assert ("U0TESS", "C0TIER1", "G", "U0TIA") == (
        joined["user"],
        joined["channel"],
        joined["channel_type"],
        joined["inviter"],
    )
    assert "U0TESS" == left["user"]
    assert "group_join" == (await bot.hears("message"))["event"]["subtype"]


async def test_the_bot_is_told_of_its_own_joining_and_removal(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    await sandbox.person("alice").invites("#sales", "signpost")
    await sandbox.person("alice").removes("#sales", "signpost")

    assert "U0SIGNPOST" == (await bot.hears("member_joined_channel"))["event"]["user"]
    assert "U0SIGNPOST" == (await bot.hears("member_left_channel"))["event"]["user"]
    assert "C0SALES" == (await bot.hears("channel_left"))["event"]["channel"]


async def test_the_life_of_a_channel_is_told(sandbox: Sandbox, bot: ListeningBot) -> None:
    ada = sandbox.person("ada")
    await ada.renames("#general", "everybody")
    await ada.archives("#everybody")
    await ada.unarchives("#everybody")
    await ada.archives("#rollout-admins")

    renamed = (await bot.hears("channel_rename"))["event"]

    assert {"id": "C0GENERAL", "name": "everybody"}.items() <= renamed["channel"].items()
    assert "C0GENERAL" == (await bot.hears("channel_archive"))["event"]["channel"]
    assert "C0GENERAL" == (await bot.hears("channel_unarchive"))["event"]["channel"]
    assert "C0ROLLOUTADMINS" == (await bot.hears("group_archive"))["event"]["channel"]


async def test_reactions_are_told(sandbox: Sandbox, bot: ListeningBot) -> None:
    alice = sandbox.person("alice")
    message = await alice.says("#ask-it", "thanks")
    await alice.reacts(message, "tada")
    await alice.unreacts(message, "tada")

    added = (await bot.hears("reaction_added"))["event"]

    assert ("tada", message.ts) == (added["reaction"], added["item"]["ts"])
    assert "tada" == (await bot.hears("reaction_removed"))["event"]["reaction"]


async def test_a_changed_person_is_told(sandbox: Sandbox, bot: ListeningBot) -> None:
    sandbox.change_person("linnea", locale="sv-SE")
    sandbox.change_person("adam", deleted=True)

    await bot.hears("user_change", 2)

    users = [event["user"] for event in bot.events("user_change")]
    assert "sv-SE" == users[0]["locale"]
    assert ("U0ADAM", True) == (users[1]["id"], users[1]["deleted"])


async def test_opening_the_home_is_told_with_the_view_published_before(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    alice, web = sandbox.person("alice"), bot.client.web_client
    await alice.opens_home()
    first = (await bot.hears("app_home_opened"))["event"]
    await web.views_publish(user_id=alice.id, view={"type": "home", "blocks": []})
    await alice.opens_home()
    second = (await bot.hears("app_home_opened", 2))["event"]

    assert ("home", "D0ALICE") == (first["tab"], first["channel"])
    assert "view" not in first
    assert "home" == second["view"]["type"]


async def test_a_file_is_shared(sandbox: Sandbox, bot: ListeningBot) -> None:
    alice = sandbox.person("alice")
    picture = await alice.uploads("error.png", b"png")
    await alice.says("#ask-it", "", files=(picture,))

    event = (await bot.hears("message"))["event"]

    assert ("file_share", "", "image/png") == (
        event["subtype"],
        event["text"],
        event["files"][0]["mimetype"],
    )


async def test_somebody_of_another_organisation_is_recognisable(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    await sandbox.person("ada").invites("#partners", "signpost")
    await sandbox.person("pat").mentions_bot("#partners", "how?")

    payload = await bot.hears("app_mention")

    assert payload["is_ext_shared_channel"]
    assert "T0CONTOSO" == payload["event"]["user_team"]


def manifest_with(events: list[str], scopes: list[str]) -> Json:
    return {
        "display_information": {"name": "Signpost"},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "slash_commands": [{"command": "/signpost", "description": "Ask"}],
            "shortcuts": [{"name": "Ask", "callback_id": "ask", "type": "message"}],
        },
        "oauth_config": {"scopes": {"bot": scopes}},
        "settings": {"event_subscriptions": {"bot_events": events}},
    }


async def heard_with(events: list[str], scopes: list[str]) -> list[Json]:
    """What is told of a mention to an app with these subscriptions and scopes."""
    async with Sandbox(manifest=manifest_with(events, scopes)) as sandbox:
        await sandbox.person("alice").mentions_bot("#ask-it", "how?")
        return [entry.body for entry in sandbox.core.traffic.after(0)]


async def test_only_what_is_subscribed_to_and_allowed_is_told() -> None:
    both = ["app_mention", "message.channels"]

    told = await heard_with(both, ["app_mentions:read", "channels:history"])
    unsubscribed = await heard_with(["app_mention"], ["app_mentions:read", "channels:history"])
    without_scope = await heard_with(both, ["channels:history"])

    assert {"app_mention", "message"} == {one["event"]["type"] for one in told}
    assert ["app_mention"] == [one["event"]["type"] for one in unsubscribed]
    assert ["message"] == [one["event"]["type"] for one in without_scope]


async def test_the_whim_of_twins_can_go_either_way() -> None:
    orders = set()
    for seed in range(1, 12):
        async with Sandbox(seed=seed) as sandbox:
            await sandbox.person("alice").mentions_bot("#ask-it", "how?")
            orders.add(tuple(entry.name for entry in sandbox.core.traffic.after(0)[:2]))

    assert {("app_mention", "message"), ("message", "app_mention")} == orders


async def test_a_file_of_another_organisation_has_to_be_looked_up(
    sandbox: Sandbox, bot: ListeningBot, client: AsyncWebClient
) -> None:
    await sandbox.person("ada").invites("#partners", "signpost")
    for name in ("pat", "alice"):
        file = await sandbox.person(name).uploads("error.png", b"png")
        await sandbox.person(name).says("#partners", "look", files=(file,))

    await bot.hears("message", 3)

    _, theirs, ours = bot.events("message")
    assert "check_file_info" == theirs["files"][0]["file_access"]
    assert "name" not in theirs["files"][0]
    assert "error.png" == ours["files"][0]["name"]
    looked_up = await client.files_info(file=theirs["files"][0]["id"])
    assert "error.png" == looked_up["file"]["name"]


async def test_an_uninstalled_app_is_told_and_its_tokens_are_void() -> None:
    manifest = manifest_with(["app_uninstalled"], ["chat:write"])
    async with Sandbox(manifest=manifest) as sandbox:
        client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        before = await client.auth_test()

        sandbox.uninstall()
        after = await refusal_of(client.auth_test())
        told = [entry.name for entry in sandbox.core.traffic.after(0) if entry.kind == "event"]

    assert before["ok"]
    assert "token_revoked" == after
    assert ["app_uninstalled"] == told
