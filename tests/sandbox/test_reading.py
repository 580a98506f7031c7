"""auth, users, channels, history: what the bot may read, page by page."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from sandbox.conversation import Json
from tests.sandbox.conftest import refusal_of


async def test_auth_test_names_team_and_bot(client: AsyncWebClient) -> None:
    answer = await client.auth_test()

    assert ("T0NORTHWIND", "U0SIGNPOST", "B0SIGNPOST") == (
        answer["team_id"],
        answer["user_id"],
        answer["bot_id"],
    )


@pytest.mark.parametrize(("token", "code"), [("xoxb-other", "invalid_auth"), (None, "not_authed")])
async def test_tokens_are_checked(sandbox: Sandbox, token: str | None, code: str) -> None:
    stranger = AsyncWebClient(token=token, base_url=sandbox.api_url)

    assert code == await refusal_of(stranger.auth_test())


async def test_a_revoked_token_is_refused_from_then_on(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    await client.auth_test()
    sandbox.revoke_tokens()

    assert "token_revoked" == await refusal_of(client.auth_test())


async def test_an_app_token_opens_connections_and_nothing_else(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    opened = await client.apps_connections_open(app_token=sandbox.app_token)
    wrong = client.api_call("auth.test", params={"token": sandbox.app_token})
    bot_token = client.apps_connections_open(app_token=sandbox.bot_token)

    assert opened["url"].startswith("ws://127.0.0.1:")
    assert "not_allowed_token_type" == await refusal_of(wrong)
    assert "not_allowed_token_type" == await refusal_of(bot_token)


async def test_a_missing_scope_is_named(sandbox: Sandbox, client: AsyncWebClient) -> None:
    sandbox.set_scopes("chat:write")

    call = client.users_info(user="U0ALICE")

    assert "missing_scope" == await refusal_of(call)
    sandbox.set_scopes("users:read")
    assert (await client.users_info(user="U0ALICE"))["ok"]


async def test_a_method_that_is_not_served_is_unknown(client: AsyncWebClient) -> None:
    assert "unknown_method" == await refusal_of(client.api_call("bookmarks.list"))


async def test_malformed_json_is_refused(sandbox: Sandbox, client: AsyncWebClient) -> None:
    headers = {"Content-Type": "application/json"}

    assert "invalid_json" == await refusal_of(
        client.api_call("chat.postMessage", data="{oops", headers=headers)  # type: ignore[arg-type]
    )


async def test_a_locale_is_given_only_when_asked_for(client: AsyncWebClient) -> None:
    without = await client.users_info(user="U0MEI")
    asked = await client.users_info(user="U0MEI", include_locale=True)

    assert "locale" not in without["user"]
    assert "zh-TW" == asked["user"]["locale"]


async def test_guests_and_other_organisations_are_recognisable(client: AsyncWebClient) -> None:
    guest = await client.users_info(user="U0GUS")
    partner = await client.users_info(user="U0PAT", include_locale=True)

    assert guest["user"]["is_restricted"]
    assert "T0CONTOSO" == partner["user"]["team_id"]
    assert "locale" not in partner["user"]


async def test_people_are_listed_page_by_page(client: AsyncWebClient) -> None:
    names: list[str] = []
    async for page in await client.users_list(limit=7):
        names += [one["name"] for one in page["members"]]

    assert 19 == len(names) == len(set(names))


async def test_people_are_found_by_their_address(client: AsyncWebClient) -> None:
    profile = (await client.users_info(user="U0FEMKE"))["user"]["profile"]

    found = await client.users_lookupByEmail(email=profile["email"])

    assert "U0FEMKE" == found["user"]["id"]
    missing = client.users_lookupByEmail(email="nobody@example.org")
    assert "users_not_found" == await refusal_of(missing)


async def test_channels_are_listed_by_type_and_private_ones_only_with_the_bot_inside(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    await sandbox.person("tara").removes("#tier-3", "signpost")

    public = await client.conversations_list(exclude_archived=True)
    private = await client.conversations_list(types="private_channel")

    assert "archived-project" not in {one["name"] for one in public["channels"]}
    assert ["tier-1", "tier-2", "rollout-admins"] == [one["name"] for one in private["channels"]]
    assert "invalid_types" == await refusal_of(client.conversations_list(types="rooms"))


async def test_the_bots_own_conversations_are_listed(client: AsyncWebClient) -> None:
    mine = await client.users_conversations(types="public_channel,private_channel")

    names = [one["name"] for one in mine["channels"]]
    assert ["ask-it", "general", "tier-1", "tier-2", "tier-3", "rollout-admins"] == names


async def test_members_are_paged(client: AsyncWebClient) -> None:
    first = await client.conversations_members(channel="C0ASKIT", limit=10)
    cursor = first["response_metadata"]["next_cursor"]
    rest = await client.conversations_members(channel="C0ASKIT", limit=10, cursor=cursor)

    assert (10, 7) == (len(first["members"]), len(rest["members"]))
    assert "" == rest["response_metadata"]["next_cursor"]
    bad = client.conversations_members(channel="C0ASKIT", cursor="nonsense")
    assert "invalid_cursor" == await refusal_of(bad)


async def test_a_shared_channel_says_so(client: AsyncWebClient) -> None:
    shared = await client.conversations_info(channel="C0PARTNERS")
    own = await client.conversations_info(channel="C0TIER1")

    assert shared["channel"]["is_ext_shared"]
    assert (True, False) == (own["channel"]["is_private"], own["channel"]["is_ext_shared"])


async def test_history_is_newest_first_and_paged(sandbox: Sandbox, client: AsyncWebClient) -> None:
    alice = sandbox.person("alice")
    for number in range(5):
        await alice.says("#ask-it", f"question {number}")

    pages = await client.conversations_history(channel="C0ASKIT", limit=2)
    read = [(_endings(page["messages"]), page["has_more"]) async for page in pages]

    assert [(["4", "3"], True), (["2", "1"], True), (["0"], False)] == read


def _endings(messages: list[Json]) -> list[str]:
    return [one["text"][-1] for one in messages]


async def test_history_takes_bounds_and_leaves_replies_out(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    alice = sandbox.person("alice")
    first, second, third = [await alice.says("#ask-it", text) for text in ("1", "2", "3")]
    await alice.replies(first, "a reply")

    between: Json = {"channel": "C0ASKIT", "oldest": first.ts, "latest": third.ts}
    without = await client.conversations_history(**between)
    including = await client.conversations_history(**between, inclusive=True)

    assert [second.ts] == [one["ts"] for one in without["messages"]]
    assert 3 == len(including["messages"])


async def test_replies_are_paged_oldest_first_with_the_root_on_each_page(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    alice = sandbox.person("alice")
    root = await alice.says("#ask-it", "root")
    for number in range(3):
        await alice.replies(root, f"reply {number}")

    pages = await client.conversations_replies(channel="C0ASKIT", ts=root.ts, limit=3)
    read = [[one["text"] for one in page["messages"]] async for page in pages]

    assert [["root", "reply 0", "reply 1"], ["root", "reply 2"]] == read


async def test_metadata_is_given_back_only_when_asked_for(client: AsyncWebClient) -> None:
    metadata = {"event_type": "ticket", "event_payload": {"key": "k1"}}
    await client.chat_postMessage(channel="C0ASKIT", text="a", metadata=metadata)

    without = await client.conversations_history(channel="C0ASKIT")
    asked = await client.conversations_history(channel="C0ASKIT", include_all_metadata=True)

    assert "metadata" not in without["messages"][0]
    assert metadata == asked["messages"][0]["metadata"]


async def test_history_needs_membership_and_an_existing_thread(client: AsyncWebClient) -> None:
    outside = client.conversations_history(channel="C0SALES")
    no_thread = client.conversations_replies(channel="C0ASKIT", ts="1700000000.000001")

    assert "not_in_channel" == await refusal_of(outside)
    assert "thread_not_found" == await refusal_of(no_thread)


async def test_a_direct_message_is_opened_once_and_not_with_the_deactivated(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    once = await client.conversations_open(users="U0ALICE")
    again = await client.conversations_open(users=["U0ALICE"], return_im=True)
    sandbox.change_person("adam", deleted=True)

    assert "D0ALICE" == once["channel"]["id"] == again["channel"]["id"]
    assert "U0ALICE" == again["channel"]["user"]
    assert "user_disabled" == await refusal_of(client.conversations_open(users="U0ADAM"))
    assert "user_not_found" == await refusal_of(client.conversations_open(users="U0NOBODY"))


async def test_invitations(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await client.conversations_invite(channel="C0TIER1", users=["U0TESS"])

    assert "U0TESS" in sandbox.channel("tier-1").members
    twice = client.conversations_invite(channel="C0TIER1", users="U0TESS")
    assert "already_in_channel" == await refusal_of(twice)
    outside = client.conversations_invite(channel="C0SALES", users="U0TESS")
    assert "not_in_channel" == await refusal_of(outside)


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        ("C0ARCHIVEDPROJECT", "is_archived"),
        ("C0TIER1", "method_not_supported_for_channel_type"),
    ],
)
async def test_what_cannot_be_joined(client: AsyncWebClient, channel: str, code: str) -> None:
    assert code == await refusal_of(client.conversations_join(channel=channel))


async def test_user_groups_and_their_people(client: AsyncWebClient) -> None:
    groups = await client.usergroups_list(include_users=True)
    tier_one = await client.usergroups_users_list(usergroup="S0TIER1")

    assert ["tier1", "tier2", "tier3"] == [one["handle"] for one in groups["usergroups"]]
    assert ["U0TIA", "U0TOM"] == tier_one["users"] == groups["usergroups"][0]["users"]
    missing = client.usergroups_users_list(usergroup="S0NONE")
    assert "no_such_subteam" == await refusal_of(missing)


async def test_team_info(client: AsyncWebClient) -> None:
    assert "Northwind Rehearsal" == (await client.team_info())["team"]["name"]


async def test_whose_conversations_may_be_listed(client: AsyncWebClient) -> None:
    private = await client.users_conversations(user="U0TIA", types="private_channel")
    public = await client.users_conversations(user="U0PAT")

    assert ["tier-1"] == [one["name"] for one in private["channels"]]
    assert ["partners"] == [one["name"] for one in public["channels"]]
    nobody = client.users_conversations(user="U0NOBODY")
    assert "user_not_found" == await refusal_of(nobody)
    assert "invalid_types" == await refusal_of(client.users_conversations(types="forum"))


async def test_conversations_of_a_kind_need_the_scope_of_that_kind(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    sandbox.set_scopes("channels:read")

    public = await client.users_conversations(types="public_channel")

    assert public["ok"]
    private = client.users_conversations(types="public_channel,private_channel")
    assert "missing_scope" == await refusal_of(private)


async def test_several_people_cannot_be_written_to_at_once(client: AsyncWebClient) -> None:
    several = client.conversations_open(users=["U0ALICE", "U0ADAM"])
    nobody = client.api_call("conversations.open", json={})

    assert "too_many_users" == await refusal_of(several)
    assert "users_list_not_supplied" == await refusal_of(nobody)


async def test_who_cannot_be_invited(client: AsyncWebClient) -> None:
    own = client.conversations_invite(channel="C0TIER1", users="U0SIGNPOST")
    unknown = client.conversations_invite(channel="C0TIER1", users="U0NOBODY")
    nobody = client.api_call("conversations.invite", json={"channel": "C0TIER1"})

    assert "cant_invite_self" == await refusal_of(own)
    assert "user_not_found" == await refusal_of(unknown)
    assert "no_user" == await refusal_of(nobody)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"limit": "many"}, "invalid_limit"),
        ({"cursor": "not a cursor"}, "invalid_cursor"),
        ({"oldest": "yesterday"}, "invalid_ts_oldest"),
        ({"latest": "tomorrow"}, "invalid_ts_latest"),
        ({"limit": 1, "oldest": "1700000000.000000"}, None),
    ],
)
async def test_the_bounds_of_a_page_are_checked(
    client: AsyncWebClient, arguments: dict[str, Any], code: str | None
) -> None:
    call = client.conversations_history(channel="C0ASKIT", **arguments)

    assert code == (None if code is None else await refusal_of(call))
    assert code or (await call)["ok"]


async def test_a_body_that_is_no_object_is_refused(sandbox: Sandbox) -> None:
    headers = {"Authorization": f"Bearer {sandbox.bot_token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        listed = await session.post(f"{sandbox.api_url}auth.test", json=["a"])
        given = await session.post(f"{sandbox.api_url}auth.test", json={"a": 1})
        answers = [await listed.json(), await given.json()]

    assert ["json_not_object", None] == [one.get("error") for one in answers]
