"""People are found by their addresses, at the pace that Slack allows."""

import asyncio

import pytest

from delivery.address_book import EACH_BY_ITSELF, AddressBook
from delivery.errors import AccessLost
from knowledge.article import Language
from rollout.plan import Group
from running.list_taking import groups_of
from sandbox.seed import channel_id
from tests.delivery.outgoing import Outgoing


def email(outgoing: Outgoing, name: str) -> str:
    return outgoing.sandbox.person(name).person.email


async def test_people_are_found_in_any_case_and_strangers_are_not(outgoing: Outgoing) -> None:
    book = AddressBook(outgoing.gateway)

    found = await book.users([email(outgoing, "alice").upper(), "nobody@elsewhere.example"])

    assert {email(outgoing, "alice").casefold(): "U0ALICE"} == found


async def test_an_address_is_asked_about_once(outgoing: Outgoing) -> None:
    book = AddressBook(outgoing.gateway)
    addresses = [email(outgoing, "alice"), "nobody@elsewhere.example"]

    await book.users(addresses)
    outgoing.sandbox.set_scopes("users:read")

    assert {addresses[0]: "U0ALICE"} == await book.users(addresses)


async def test_of_many_addresses_the_whole_list_is_read(outgoing: Outgoing) -> None:
    book = AddressBook(outgoing.gateway)
    many = [f"nobody{number}@elsewhere.example" for number in range(EACH_BY_ITSELF)]

    found = await book.users([*many, email(outgoing, "mei")])

    assert {email(outgoing, "mei"): "U0MEI"} == found
    assert {} == await book.users(["somebody@elsewhere.example"])


async def test_too_fast_means_a_pause_and_then_once_more(outgoing: Outgoing) -> None:
    paused: list[float] = []

    async def sleep(seconds: float) -> None:
        paused.append(seconds)
        await asyncio.sleep(0)

    outgoing.sandbox.core.faults.add("users.lookupByEmail", "ratelimit", times=6, seconds=0)
    book = AddressBook(outgoing.gateway, sleep)

    found = await book.users([email(outgoing, "alice")])

    assert ["U0ALICE"] == list(found.values())
    assert paused


async def test_without_the_scope_it_says_so(outgoing: Outgoing) -> None:
    outgoing.sandbox.set_scopes("users:read")

    with pytest.raises(AccessLost, match="missing_scope"):
        await AddressBook(outgoing.gateway).users([email(outgoing, "alice")])


async def test_people_of_the_list_are_in_the_group_whose_user_group_they_are_in(
    outgoing: Outgoing,
) -> None:
    tia, tess, alice = (outgoing.sandbox.person(name).id for name in ("tia", "tess", "alice"))
    first = Group("first", {Language.EN: "First"}, user_group="S0TIER1")
    second = Group("second", {Language.EN: "Second"}, channels=(channel_id("tier-2"),))
    unknown = Group("third", {Language.EN: "Third"}, user_group="S0NONE")

    found = await groups_of(
        [tia, tess, alice], [unknown, first, second], AddressBook(outgoing.gateway)
    )

    assert {tia: "first", tess: "second"} == found
