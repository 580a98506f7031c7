"""The contract of a store. Every engine's test class inherits these, and gives the fixture ``url``:
a place for an empty store."""

import asyncio
import dataclasses
from datetime import timedelta

import pytest

from storage.bell import Work
from storage.errors import Conflict, Duplicate, StoreRefused
from storage.outbox import (
    Content,
    DueLease,
    InChannel,
    Lane,
    OutboxEntry,
    OutboxState,
    Post,
    Posted,
    Respond,
)
from storage.port import Commit, Delete, Order, Put, Store
from storage.records import NEW, RecordKind, Stored
from tests.storage.cast import (
    LEASE,
    NOON,
    NOTE,
    REMINDER,
    TEAM,
    Note,
    after,
    as_stream,
    columns_of,
    command,
    edit,
    keys_of,
    lease,
    message,
    put,
    rows_of,
)
from tests.storage.conftest import Reopen

ODD_TEXTS = [
    "Välkommen, 歡迎 👋🏽",
    "a null \0 inside",
    "half a pair \ud83d",
    "\uffff, \\u0000 and \uffff0000",
    'quotes " and \\ and \n breaks \u2028',
    "x" * 100_000,
]


async def lease_due(store: Store, seconds: float = 0, owner: str = "decider") -> list[DueLease]:
    return await store.lease_due(owner, after(seconds), limit=10, lease_for=LEASE)


class RecordContract:
    """Records, their versions, and finding them."""

    async def test_what_was_put_is_got_at_version_one(self, store: Store) -> None:
        note = Note("1", holder="tia", text="hello")

        await store.commit(put(note))

        assert Stored(note, 1) == await store.get(NOTE, "1")

    async def test_what_was_never_put_is_none(self, store: Store) -> None:
        assert await store.get(NOTE, "1") is None

    async def test_kinds_keep_their_records_apart(self, store: Store) -> None:
        await store.commit(put(Note("1")))

        assert await store.get(REMINDER, "1") is None

    async def test_each_write_raises_the_version(self, store: Store) -> None:
        await store.commit(put(Note("1")))
        await store.commit(put(Note("1", status="claimed"), expected=1))

        assert Stored(Note("1", status="claimed"), 2) == await store.get(NOTE, "1")

    @pytest.mark.parametrize("expected", [NEW, 1, 3])
    async def test_a_write_at_another_version_is_refused_and_says_which(
        self, store: Store, expected: int
    ) -> None:
        await store.commit(put(Note("1")))
        await store.commit(put(Note("1", text="second"), expected=1))

        with pytest.raises(Conflict) as refused:
            await store.commit(put(Note("1", text="lost"), expected))

        problem = refused.value
        assert ("note", "1", expected, 2) == (
            problem.kind,
            problem.record_id,
            problem.expected,
            problem.found,
        )
        assert Stored(Note("1", text="second"), 2) == await store.get(NOTE, "1")

    async def test_a_write_to_what_does_not_exist_is_refused(self, store: Store) -> None:
        with pytest.raises(Conflict) as refused:
            await store.commit(put(Note("1"), expected=1))

        assert 0 == refused.value.found

    async def test_a_refused_commit_writes_nothing(self, store: Store) -> None:
        await store.commit(put(Note("taken")))
        commit = Commit(
            NOON,
            keys=("event",),
            puts=(Put(NOTE, Note("other")), Put(NOTE, Note("taken"))),
            outbox=(message("m"),),
            due=(command("c"),),
        )

        with pytest.raises(Conflict):
            await store.commit(commit)

        assert ["taken"] == [row["id"] for row in columns_of(await rows_of(store), "record")]
        assert not await store.has_key("event")
        assert await store.outbox_entry("m") is None
        assert await store.due_command("c") is None

    async def test_a_commit_writes_all_its_records(self, store: Store) -> None:
        notes = [Note(str(number)) for number in range(5)]

        await store.commit(Commit(NOON, puts=tuple(Put(NOTE, note) for note in notes)))

        found = await store.find(NOTE, "status", "open")
        assert notes == [stored.record for stored in found]

    async def test_a_record_can_be_written_twice_in_one_commit(self, store: Store) -> None:
        first, second = Note("1", status="open"), Note("1", status="claimed")

        await store.commit(Commit(NOON, puts=(Put(NOTE, first), Put(NOTE, second, 1))))

        assert Stored(second, 2) == await store.get(NOTE, "1")
        assert 0 == await store.count(NOTE, "status", "open")

    async def test_an_expectation_holds_a_record_that_is_not_written(self, store: Store) -> None:
        await store.commit(put(Note("1")))

        await store.commit(
            Commit(NOON, expects=(("note", "1", 1), ("note", "2", NEW)), keys=("a",))
        )

        assert await store.has_key("a")

    @pytest.mark.parametrize(
        "expectation", [("note", "1", 2), ("note", "1", NEW), ("note", "2", 1)]
    )
    async def test_an_expectation_that_does_not_hold_refuses(
        self, store: Store, expectation: tuple[str, str, int]
    ) -> None:
        await store.commit(put(Note("1")))

        with pytest.raises(Conflict):
            await store.commit(Commit(NOON, expects=(expectation,), keys=("a",)))

        assert not await store.has_key("a")

    async def test_a_deleted_record_is_gone_and_can_be_made_again(self, store: Store) -> None:
        await store.commit(put(Note("1")))

        await store.commit(Commit(NOON, deletes=(Delete(NOTE, "1", 1),)))

        assert await store.get(NOTE, "1") is None
        assert 0 == await store.count(NOTE, "status", "open")
        await store.commit(put(Note("1", text="again")))
        assert Stored(Note("1", text="again"), 1) == await store.get(NOTE, "1")

    async def test_deleting_at_another_version_is_refused(self, store: Store) -> None:
        await store.commit(put(Note("1")))

        with pytest.raises(Conflict):
            await store.commit(Commit(NOON, deletes=(Delete(NOTE, "1", 2),)))

        assert Stored(Note("1"), 1) == await store.get(NOTE, "1")

    @pytest.mark.parametrize("text", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
    async def test_any_text_survives(self, store: Store, reopen: Reopen, text: str) -> None:
        note = Note("1", text=text)

        await store.commit(put(note))

        assert Stored(note, 1) == await (await reopen()).get(NOTE, "1")

    async def test_a_time_without_a_zone_is_refused(self, store: Store) -> None:
        commit = dataclasses.replace(put(Note("1")), at=NOON.replace(tzinfo=None))

        with pytest.raises(ValueError, match="no zone"):
            await store.commit(commit)

        assert await store.get(NOTE, "1") is None

    async def test_records_survive_reopening(self, store: Store, reopen: Reopen) -> None:
        await store.commit(put(Note("1")))
        await store.commit(put(Note("2", status="claimed", holder="tom")))
        await store.commit(put(Note("2", status="solved"), expected=1))
        await store.commit(Commit(NOON, deletes=(Delete(NOTE, "1", 1),)))

        again = await reopen()

        assert await again.get(NOTE, "1") is None
        assert [Stored(Note("2", status="solved"), 2)] == await again.find(NOTE, "status", "solved")
        assert 0 == await again.count(NOTE, "holder", "tom")


class FindingContract:
    """Indexed queries."""

    @staticmethod
    async def with_notes(store: Store, count: int) -> None:
        puts = tuple(Put(NOTE, Note(f"{number:03}")) for number in range(count))
        await store.commit(Commit(NOON, puts=puts))

    @staticmethod
    def ids(found: list[Stored[Note]]) -> list[str]:
        return [stored.record.id for stored in found]

    async def test_records_come_by_id_oldest_first(self, store: Store) -> None:
        for record_id in ("b", "a", "Z", "ä", "10", "9"):
            await store.commit(put(Note(record_id)))

        found = await store.find(NOTE, "status", "open")

        assert ["10", "9", "Z", "a", "b", "ä"] == self.ids(found)

    async def test_or_newest_first(self, store: Store) -> None:
        await self.with_notes(store, 3)

        found = await store.find(NOTE, "status", "open", order=Order.NEWEST_FIRST)

        assert ["002", "001", "000"] == self.ids(found)

    @pytest.mark.parametrize(
        ("order", "pages"),
        [
            (Order.OLDEST_FIRST, [["000", "001"], ["002", "003"], ["004"], []]),
            (Order.NEWEST_FIRST, [["004", "003"], ["002", "001"], ["000"], []]),
        ],
    )
    async def test_pages_follow_each_other(
        self, store: Store, order: Order, pages: list[list[str]]
    ) -> None:
        await self.with_notes(store, 5)

        seen, last = [], None
        for _ in pages:
            found = await store.find(NOTE, "status", "open", limit=2, after=last, order=order)
            seen.append(self.ids(found))
            last = seen[-1][-1] if found else last

        assert pages == seen

    async def test_a_record_moves_with_its_value(self, store: Store) -> None:
        await store.commit(put(Note("1", status="open", holder="tia")))
        await store.commit(put(Note("1", status="claimed", holder="tom"), expected=1))

        counts = [
            await store.count(NOTE, index, value)
            for index, value in [
                ("status", "open"),
                ("status", "claimed"),
                ("holder", "tia"),
                ("holder", "tom"),
            ]
        ]
        assert [0, 1, 0, 1] == counts

    async def test_a_record_without_a_value_is_not_in_that_index(self, store: Store) -> None:
        await store.commit(put(Note("1", holder=None)))

        assert [] == await store.find(NOTE, "holder", "")
        assert 1 == await store.count(NOTE, "status", "open")

    async def test_an_index_that_is_new_finds_the_old_records(
        self, store: Store, reopen: Reopen
    ) -> None:
        await store.commit(put(Note("1", text="wifi")))
        with_text = RecordKind(
            "note",
            Note,
            {"status": lambda note: note.status, "text": lambda note: note.text},
        )

        again = await reopen()

        assert ["1"] == self.ids(await again.find(with_text, "text", "wifi"))
        assert 1 == await again.count(with_text, "status", "open")

    async def test_an_index_that_is_new_finds_every_one_of_many_and_strange_ones(
        self, store: Store, reopen: Reopen
    ) -> None:
        names = [*(f"{number:04}" for number in range(600)), "\0 odd \uffff"]
        notes = tuple(Put(NOTE, Note(name, text="wifi\0")) for name in names)
        await store.commit(Commit(NOON, puts=notes))
        with_text = RecordKind("note", Note, {"text": lambda note: note.text})

        again = await reopen()

        found = await again.find(with_text, "text", "wifi\0", limit=1_000)
        assert sorted(names) == sorted(self.ids(found))
        assert 0 == await again.count(with_text, "status", "open")

    async def test_kinds_have_indexes_of_their_own(self, store: Store) -> None:
        await store.commit(put(Note("1")))
        await store.commit(Commit(NOON, puts=(Put(REMINDER, Note("2")),)))

        assert ["2"] == self.ids(await store.find(REMINDER, "status", "open"))


class KeyContract:
    """Dedupe keys."""

    async def test_a_key_is_taken_once(self, store: Store) -> None:
        await store.commit(Commit(NOON, keys=("event:1", "message:1")))

        with pytest.raises(Duplicate) as refused:
            await store.commit(
                Commit(NOON, keys=("event:2", "message:1"), puts=(Put(NOTE, Note("1")),))
            )

        assert "message:1" == refused.value.key
        assert not await store.has_key("event:2")
        assert await store.get(NOTE, "1") is None

    async def test_a_taken_key_is_told_before_a_conflict(self, store: Store) -> None:
        await store.commit(Commit(NOON, keys=("event:1",), puts=(Put(NOTE, Note("1")),)))

        with pytest.raises(Duplicate):
            await store.commit(Commit(NOON, keys=("event:1",), puts=(Put(NOTE, Note("1")),)))

    async def test_keys_survive_reopening(self, store: Store, reopen: Reopen) -> None:
        await store.commit(Commit(NOON, keys=("event:1",)))

        again = await reopen()

        assert await again.has_key("event:1")
        assert not await again.has_key("event:2")

    async def test_keys_are_forgotten_from_before_a_time(self, store: Store) -> None:
        await store.commit(Commit(after(-1), keys=("old",)))
        await store.commit(Commit(NOON, keys=("just",)))

        purged = await store.purge(keys_before=NOON, outbox_before=NOON)

        assert {"key": 1, "outbox": 0} == dict(purged)
        assert [False, True] == [await store.has_key("old"), await store.has_key("just")]
        await store.commit(Commit(NOON, keys=("old",)))


class OutboxContract:
    """Messages to be sent, and leases."""

    async def test_an_item_is_leased_when_it_is_due(self, store: Store) -> None:
        item = message("m", due=after(10))
        await store.commit(Commit(NOON, outbox=(item,)))

        early = await lease(store, after(9.999999))
        due = await lease(store, after(10))

        assert [] == early
        assert [(item, "sender", 1, after(70), False)] == [
            (each.item, each.owner, each.attempt, each.until, each.doubtful) for each in due
        ]

    async def test_a_leased_item_is_not_leased_again_before_its_end(self, store: Store) -> None:
        await store.commit(Commit(NOON, outbox=(message("m"),)))
        await lease(store, NOON)

        assert [] == await lease(store, after(59.999999), owner="other")

    async def test_after_its_end_it_goes_to_another_as_doubtful(self, store: Store) -> None:
        await store.commit(Commit(NOON, outbox=(message("m"),)))
        first = (await lease(store))[0]

        second = (await lease(store, after(60), owner="other"))[0]

        assert (False, True) == (first.doubtful, second.doubtful)
        assert 2 == second.attempt
        assert not await store.finish_outbox(first, Posted("C1", "1.0"))
        assert await store.finish_outbox(second, Posted("C1", "2.0"))

    @pytest.mark.parametrize("text", ODD_TEXTS)
    async def test_a_reworded_item_says_something_else_wherever_it_is_read(
        self, store: Store, text: str
    ) -> None:
        waiting, sent = message("waiting", "g"), message("sent")
        await store.commit(Commit(NOON, outbox=(sent, waiting)))
        leases = {each.item.key: each for each in await lease(store)}
        await store.finish_outbox(leases["sent"], Posted("C1", "17.5"))
        anew = Post(InChannel("C1"), Content(text))

        await store.reword({"waiting": anew, "sent": anew, "unknown": anew})

        entries = [await store.outbox_entry(key) for key in ("waiting", "sent", "unknown")]
        assert [anew, anew, None] == [each and each.item.call for each in entries]
        again = await lease(store, after(60))
        assert [(anew, 2)] == [(each.item.call, each.attempt) for each in again]
        assert "Hello" not in repr(await rows_of(store))

    async def test_rewording_nothing_is_fine(self, store: Store) -> None:
        await store.reword({})

        assert [] == await rows_of(store)

    async def test_a_sent_item_says_where_it_landed(self, store: Store) -> None:
        item = message("m", about="note:1")
        await store.commit(Commit(NOON, outbox=(item,)))

        assert await store.finish_outbox((await lease(store))[0], Posted("C1", "17.5"))

        expected = OutboxEntry(item, OutboxState.DONE, 1, Posted("C1", "17.5"))
        assert expected == await store.outbox_entry("m")
        assert expected == await store.entry_at(TEAM, "C1", "17.5")
        assert [] == await lease(store, after(600))

    async def test_a_lease_ends_with_its_item(self, store: Store) -> None:
        await store.commit(Commit(NOON, outbox=(message("m"),)))
        held = (await lease(store))[0]
        await store.finish_outbox(held, Posted("C1", "1.0"))

        answers = [
            await store.finish_outbox(held, None),
            await store.retry_outbox(held, after(1), "again", doubtful=False),
            await store.bury_outbox(held, "no"),
        ]

        assert [False, False, False] == answers
        entry = await store.outbox_entry("m")
        assert entry is not None
        assert OutboxState.DONE is entry.state

    @pytest.mark.parametrize("doubtful", [True, False])
    async def test_an_item_is_sent_later_when_told_so(self, store: Store, doubtful: bool) -> None:
        await store.commit(Commit(NOON, outbox=(message("m"),)))
        held = (await lease(store))[0]

        assert await store.retry_outbox(held, after(30), "ratelimited", doubtful=doubtful)

        entry = await store.outbox_entry("m")
        assert entry is not None
        assert (OutboxState.WAITING, 1, "ratelimited") == (
            entry.state,
            entry.attempts,
            entry.reason,
        )
        assert [] == await lease(store, after(29))
        again = (await lease(store, after(30)))[0]
        assert (2, doubtful) == (again.attempt, again.doubtful)

    async def test_a_buried_item_is_never_sent(self, store: Store) -> None:
        await store.commit(Commit(NOON, outbox=(message("m"),)))

        assert await store.bury_outbox((await lease(store))[0], "channel_not_found")

        entry = await store.outbox_entry("m")
        assert entry is not None
        assert (OutboxState.DEAD, "channel_not_found") == (entry.state, entry.reason)
        assert [] == await lease(store, after(600))

    async def test_a_group_goes_one_after_the_other(self, store: Store) -> None:
        await store.commit(Commit(NOON, outbox=(message("1", "t"), message("2", "t"))))
        await store.commit(Commit(NOON, outbox=(message("3", "t"), message("other", "u"))))

        first = await lease(store)
        while_it_is_sent = await lease(store)
        await store.finish_outbox(first[0], Posted("C1", "1.0"))
        second = await lease(store)
        await store.bury_outbox(second[0], "gone")
        third = await lease(store)

        assert [["1", "other"], [], ["2"], ["3"]] == [
            keys_of(each) for each in (first, while_it_is_sent, second, third)
        ]

    async def test_a_later_item_waits_though_it_is_due_earlier(self, store: Store) -> None:
        await store.commit(Commit(NOON, outbox=(message("1", "t", due=after(60)),)))
        await store.commit(Commit(NOON, outbox=(message("2", "t", due=NOON),)))

        assert [] == await lease(store, after(59))
        assert after(60) == await store.next_due()
        assert ["1"] == keys_of(await lease(store, after(60)))

    async def test_a_retried_item_still_goes_before_those_behind_it(self, store: Store) -> None:
        await store.commit(Commit(NOON, outbox=(message("1", "t"), message("2", "t"))))
        held = (await lease(store))[0]
        await store.retry_outbox(held, after(30), "ratelimited", doubtful=False)

        assert [] == await lease(store, after(29))
        assert ["1"] == keys_of(await lease(store, after(30)))

    async def test_lanes_do_not_wait_for_each_other(self, store: Store) -> None:
        slow = message("slow", "t", lane=Lane.ANNOUNCEMENT, due=after(60))
        await store.commit(Commit(NOON, outbox=(slow, message("fast", "t"))))

        assert ["fast"] == keys_of(await lease(store, after(60)))
        assert ["slow"] == keys_of(await lease(store, after(60), lane=Lane.ANNOUNCEMENT))

    async def test_the_oldest_come_first_up_to_the_limit(self, store: Store) -> None:
        items = (message("b", due=after(2)), message("a", due=after(1)), message("c", due=after(3)))
        await store.commit(Commit(NOON, outbox=items))

        leases = [await lease(store, after(9), limit=2), await lease(store, after(9), limit=2)]

        assert [["a", "b"], ["c"]] == [keys_of(each) for each in leases]

    async def test_an_item_whose_key_exists_is_left_as_it_is(self, store: Store) -> None:
        await store.commit(Commit(NOON, outbox=(message("m", text="first"),)))

        await store.commit(Commit(NOON, outbox=(message("m", text="second"),), keys=("k",)))

        entry = await store.outbox_entry("m")
        assert entry is not None
        assert message("m", text="first") == entry.item
        assert await store.has_key("k")

    async def test_items_are_found_by_what_they_speak_of(self, store: Store) -> None:
        for key in ("b", "a", "c"):
            await store.commit(Commit(NOON, outbox=(message(key, about="note:1"),)))
        await store.commit(Commit(NOON, outbox=(message("d", about="note:2"), message("e"))))

        entries = await store.entries_about("note:1")

        assert ["b", "a", "c"] == [entry.item.key for entry in entries]
        assert ["b", "a"] == [
            entry.item.key for entry in await store.entries_about("note:1", limit=2)
        ]
        assert [] == await store.entries_about("")

    async def test_outcomes_are_told_without_what_was_said(self, store: Store) -> None:
        for key in ("b", "a", "c"):
            await store.commit(Commit(NOON, outbox=(message(key, about="note:1"),)))
        leases = {
            one.item.key: one
            for one in await store.lease_outbox(
                Lane.CONVERSATION, "me", NOON, limit=3, lease_for=timedelta(minutes=1)
            )
        }
        await store.finish_outbox(leases["b"], Posted("C1", "1.0"))
        await store.bury_outbox(leases["a"], "is_archived")

        outcomes = await store.outcomes_about("note:1")

        assert [("b", "done", None), ("a", "dead", "is_archived"), ("c", "waiting", None)] == [
            (one.key, str(one.state), one.reason) for one in outcomes
        ]
        assert [one.item.order_group for one in await store.entries_about("note:1")] == [
            one.order_group for one in outcomes
        ]
        assert [] == await store.outcomes_about("")

    async def test_a_place_leads_to_the_post_and_not_to_its_edits(self, store: Store) -> None:
        await store.commit(Commit(NOON, outbox=(message("post", "card"),)))
        await store.finish_outbox((await lease(store))[0], Posted("C1", "17.5"))
        await store.commit(Commit(NOON, outbox=(edit("edit", "17.5"),)))
        await store.finish_outbox((await lease(store))[0], Posted("C1", "17.5"))

        entry = await store.entry_at(TEAM, "C1", "17.5")

        assert entry is not None
        assert "post" == entry.item.key
        assert await store.entry_at("T2", "C1", "17.5") is None
        assert await store.entry_at(TEAM, "C2", "17.5") is None

    async def test_what_leaves_no_message_is_at_no_place(self, store: Store) -> None:
        quiet = dataclasses.replace(
            message("m"),
            call=Respond("https://hooks.slack.test/1", message("x").call.content),  # type: ignore[union-attr]
        )
        await store.commit(Commit(NOON, outbox=(quiet,)))

        await store.finish_outbox((await lease(store))[0], Posted("", ""))

        entry = await store.outbox_entry("m")
        assert entry is not None
        assert Posted("", "") == entry.posted
        assert await store.entry_at(TEAM, "", "") is None

    async def test_an_item_in_flight_at_a_crash_is_doubtful_and_others_are_not(
        self, store: Store, reopen: Reopen
    ) -> None:
        await store.commit(Commit(NOON, outbox=(message("flying"),)))
        await lease(store)
        await store.commit(Commit(NOON, outbox=(edit("waiting", "1.0"),)))
        await store.commit(Commit(NOON, outbox=(message("paced", lane=Lane.ANNOUNCEMENT),)))

        again = await reopen()

        leases = await lease(again, after(60), owner="next")
        leases += await lease(again, after(60), owner="next", lane=Lane.ANNOUNCEMENT)
        assert {"flying": (True, 2), "waiting": (False, 1), "paced": (False, 1)} == {
            each.item.key: (each.doubtful, each.attempt) for each in leases
        }

    async def test_everything_about_an_item_survives_reopening(
        self, store: Store, reopen: Reopen
    ) -> None:
        items = (
            message("1", "t", about="n"),
            message("2", "t", about="n"),
            message("3", about="n"),
        )
        await store.commit(Commit(NOON, outbox=items))
        first, third = await lease(store)
        await store.finish_outbox(first, Posted("C1", "1.0"))
        await store.bury_outbox(third, "gone")
        before = await store.entries_about("n")

        again = await reopen()

        assert before == await again.entries_about("n")
        assert ["2"] == keys_of(await lease(again))

    async def test_settled_items_are_forgotten_from_before_a_time(self, store: Store) -> None:
        items = (message("done", about="n"), message("dead"), message("waits", due=after(900)))
        await store.commit(Commit(NOON, outbox=items))
        for held in await lease(store):
            if held.item.key == "done":
                await store.finish_outbox(held, Posted("C1", "1.0"))
            else:
                await store.bury_outbox(held, "gone")

        kept = await store.purge(keys_before=NOON, outbox_before=NOON + LEASE)
        gone = await store.purge(
            keys_before=NOON, outbox_before=NOON + LEASE + timedelta(microseconds=1)
        )

        assert (0, 2) == (kept["outbox"], gone["outbox"])
        assert await store.entry_at(TEAM, "C1", "1.0") is None
        assert [] == await store.entries_about("n")
        assert await store.outbox_entry("waits") is not None
        assert 0 == (await store.backlog(NOON)).dead


class DueContract:
    """Commands that wait."""

    async def test_a_command_is_leased_when_it_is_due(self, store: Store) -> None:
        waiting = command("c", after(10), ticket="7")
        await store.commit(Commit(NOON, due=(waiting,)))

        early, due = await lease_due(store, 9.999999), await lease_due(store, 10)

        assert [] == early
        assert [DueLease(waiting, "decider", 1, after(70))] == due

    async def test_a_leased_command_goes_to_another_after_its_end(self, store: Store) -> None:
        await store.commit(Commit(NOON, due=(command("c"),)))
        await lease_due(store)

        too_early = await lease_due(store, 59.999999, owner="other")
        again = await lease_due(store, 60, owner="other")

        assert [] == too_early
        assert [("other", 2)] == [(each.owner, each.attempt) for each in again]

    async def test_the_decision_removes_it(self, store: Store) -> None:
        await store.commit(Commit(NOON, due=(command("c"),)))
        held = (await lease_due(store))[0]

        await store.commit(Commit(NOON, finishes=held, puts=(Put(NOTE, Note("1")),)))

        assert await store.due_command("c") is None
        assert [] == await lease_due(store, 600)

    async def test_a_decision_whose_lease_was_lost_is_refused(self, store: Store) -> None:
        await store.commit(Commit(NOON, due=(command("c"),)))
        lost = (await lease_due(store))[0]
        await lease_due(store, 60, owner="other")

        with pytest.raises(Conflict):
            await store.commit(Commit(NOON, finishes=lost, puts=(Put(NOTE, Note("1")),)))

        assert await store.get(NOTE, "1") is None
        assert command("c") == await store.due_command("c")

    async def test_a_decision_can_let_it_come_again(self, store: Store) -> None:
        await store.commit(Commit(NOON, due=(command("c"),)))
        held = (await lease_due(store))[0]

        await store.commit(Commit(NOON, finishes=held, due=(command("c", after(300)),)))

        assert command("c", after(300)) == await store.due_command("c")
        assert [] == await lease_due(store, 299)
        assert 1 == len(await lease_due(store, 300))

    async def test_putting_a_key_again_moves_it(self, store: Store) -> None:
        await store.commit(Commit(NOON, due=(command("c", after(10)),)))

        await store.commit(Commit(NOON, due=(command("c", after(99), why="later"),)))

        assert command("c", after(99), why="later") == await store.due_command("c")
        assert after(99) == await store.next_due()
        assert [] == await lease_due(store, 98)

    async def test_moving_it_ends_its_lease(self, store: Store) -> None:
        await store.commit(Commit(NOON, due=(command("c"),)))
        held = (await lease_due(store))[0]
        await store.commit(Commit(NOON, due=(command("c", after(5)),)))

        with pytest.raises(Conflict):
            await store.commit(Commit(NOON, finishes=held))

        assert not await store.retry_due(held, after(9), "late")
        assert 1 == len(await lease_due(store, 5))

    async def test_an_old_lease_stays_lost_though_its_owner_leased_it_again(
        self, store: Store
    ) -> None:
        await store.commit(Commit(NOON, due=(command("c"),)))
        old = (await lease_due(store))[0]
        await store.commit(Commit(NOON, due=(command("c"),)))
        new = (await lease_due(store))[0]

        with pytest.raises(Conflict):
            await store.commit(Commit(NOON, finishes=old))

        await store.commit(Commit(NOON, finishes=new))

    async def test_a_command_can_be_withdrawn(self, store: Store) -> None:
        await store.commit(Commit(NOON, due=(command("c"),)))

        await store.commit(Commit(NOON, cancels=("c", "unknown")))

        assert await store.due_command("c") is None
        assert [] == await lease_due(store)

    async def test_a_withdrawn_command_cannot_be_finished(self, store: Store) -> None:
        await store.commit(Commit(NOON, due=(command("c"),)))
        held = (await lease_due(store))[0]
        await store.commit(Commit(NOON, cancels=("c",)))

        with pytest.raises(Conflict):
            await store.commit(Commit(NOON, finishes=held))

    async def test_it_can_be_decided_later(self, store: Store) -> None:
        await store.commit(Commit(NOON, due=(command("c"),)))
        held = (await lease_due(store))[0]

        assert await store.retry_due(held, after(30), "StoreUnavailable")

        assert [] == await lease_due(store, 29)
        assert [2] == [each.attempt for each in await lease_due(store, 30)]

    async def test_the_earliest_come_first_up_to_the_limit(self, store: Store) -> None:
        due = tuple(command(key, after(at)) for key, at in [("b", 2), ("a", 1), ("c", 3)])
        await store.commit(Commit(NOON, due=due))

        leases = await store.lease_due("decider", after(9), limit=2, lease_for=LEASE)

        assert ["a", "b"] == [each.command.key for each in leases]

    async def test_commands_survive_reopening(self, store: Store, reopen: Reopen) -> None:
        await store.commit(Commit(NOON, due=(command("c", after(5), a="b"), command("d"))))

        again = await reopen()

        assert command("c", after(5), a="b") == await again.due_command("c")
        assert NOON == await again.next_due()


class WaitingContract:
    """What waits, and knowing when to look."""

    async def test_nothing_is_due_in_an_empty_store(self, store: Store) -> None:
        assert await store.next_due() is None

    async def test_the_next_time_is_the_earliest_of_items_and_commands(self, store: Store) -> None:
        await store.commit(
            Commit(NOON, outbox=(message("m", due=after(20)),), due=(command("c", after(30)),))
        )

        before = await store.next_due()
        await store.commit(Commit(NOON, due=(command("d", after(10)),)))

        assert (after(20), after(10)) == (before, await store.next_due())

    async def test_for_what_is_leased_it_is_the_end_of_the_lease(self, store: Store) -> None:
        await store.commit(Commit(NOON, outbox=(message("m"),)))
        await lease(store)

        assert after(60) == await store.next_due()

    async def test_the_backlog_counts_what_waits(self, store: Store) -> None:
        items = (
            message("1", due=after(-5)),
            message("2", due=after(60)),
            message("3", lane=Lane.ANNOUNCEMENT),
            message("dead", due=after(-9)),
        )
        await store.commit(Commit(NOON, outbox=items, due=(command("c"), command("d", after(9)))))
        await store.bury_outbox((await lease(store, limit=1))[0], "gone")

        backlog = await store.backlog(NOON)

        assert {"conversation": 2, "announcement": 1} == dict(backlog.outbox)
        assert (2, 1, after(-5)) == (backlog.due, backlog.dead, backlog.oldest_due)

    async def test_an_empty_backlog_counts_nothing(self, store: Store) -> None:
        backlog = await store.backlog(NOON)

        assert {"conversation": 0, "announcement": 0} == dict(backlog.outbox)
        assert (0, 0, None) == (backlog.due, backlog.dead, backlog.oldest_due)

    async def test_waiting_ends_at_its_time(self, store: Store) -> None:
        work = store.listen(Work.DUE)

        await asyncio.wait_for(work.wait(0.01), 5)
        await asyncio.wait_for(work.wait(0.01), 5)

    async def test_waiting_ends_when_there_is_work(self, store: Store) -> None:
        waiting = [
            asyncio.create_task(store.listen(Work.CONVERSATION).wait(3600)) for _ in range(2)
        ]
        await asyncio.sleep(0)

        await store.commit(Commit(NOON, outbox=(message("m"),)))

        await asyncio.wait_for(asyncio.gather(*waiting), 5)

    async def test_work_that_came_before_the_wait_ends_it_for_every_listener(
        self, store: Store
    ) -> None:
        listeners = [store.listen(Work.CONVERSATION) for _ in range(2)]
        await store.commit(Commit(NOON, outbox=(message("m"),)))

        for listener in listeners:
            await asyncio.wait_for(listener.wait(3600), 5)

    async def test_a_working_store_is_healthy(self, store: Store) -> None:
        await store.health()


class ExportContract:
    """Export and import."""

    @staticmethod
    async def fill(store: Store) -> None:
        items = tuple(message(key, group, about="n") for key, group in [("2", "t"), ("1", "t")])
        await store.commit(
            Commit(
                NOON,
                keys=("event:1", "null \0 key"),
                puts=(
                    *(Put(NOTE, Note(f"{n}", text=text)) for n, text in enumerate(ODD_TEXTS)),
                    Put(REMINDER, Note("r", holder="tia")),
                ),
                outbox=(*items, message("3"), message("4", text="half \ud83d")),
                due=(command("c", after(5), a="b"), command("held")),
            )
        )
        await store.commit(put(Note("0", text="second"), expected=1))
        two, three, four = await lease(store, after(1))
        await store.finish_outbox(two, Posted("C1", "17.5"))
        await store.bury_outbox(three, "gone")
        await store.retry_outbox(four, after(40.000001), "ratelimited", doubtful=True)
        await lease_due(store)

    async def test_an_import_of_an_export_is_the_same_store(
        self, store: Store, reopen: Reopen
    ) -> None:
        await self.fill(store)
        rows = await rows_of(store)
        for row in columns_of(rows, "record"):
            kind = NOTE if row["kind"] == "note" else REMINDER
            await store.commit(Commit(NOON, deletes=(Delete(kind, row["id"], row["version"]),)))
        await store.commit(Commit(NOON, cancels=("c", "held")))
        for held in await lease(store, after(10_000)):
            await store.bury_outbox(held, "emptied")
        await store.purge(keys_before=after(99_999), outbox_before=after(99_999))
        assert [] == await rows_of(store)

        counts = await store.import_rows(as_stream(rows))

        assert {"record": 7, "outbox": 4, "due": 2, "key": 2} == dict(counts)
        assert rows == await rows_of(store)
        again = await reopen()
        assert Stored(Note("0", text="second"), 2) == await again.get(NOTE, "0")
        assert ["2", "1"] == [entry.item.key for entry in await again.entries_about("n")]

    async def test_a_store_that_is_not_empty_takes_no_import(self, store: Store) -> None:
        await store.commit(Commit(NOON, keys=("event:1",)))
        rows = await rows_of(store)

        with pytest.raises(StoreRefused, match="not empty"):
            await store.import_rows(as_stream(rows))

        assert rows == await rows_of(store)

    async def test_an_import_that_breaks_off_leaves_nothing(self, store: Store) -> None:
        await store.commit(put(Note("1")))
        rows = await rows_of(store)
        await store.commit(Commit(NOON, deletes=(Delete(NOTE, "1", 1),)))
        unknown = dataclasses.replace(rows[0], table="stranger")

        with pytest.raises(StoreRefused, match="stranger"):
            await store.import_rows(as_stream([*rows, unknown]))

        assert [] == await rows_of(store)

    async def test_an_export_shows_one_moment(self, store: Store) -> None:
        await store.commit(put(Note("1")))
        rows = store.export_rows()

        first = await anext(rows)
        await store.commit(put(Note("2")))
        rest = [row async for row in rows]

        assert ["1"] == [row.columns["id"] for row in [first, *rest]]


class RaceContract:
    """Many at once."""

    races_in_short = 200
    races_in_full = 10_000
    racers = 5

    async def race(self, store: Store, round_number: int) -> int:
        """How many of those who wanted the same version got it."""

        async def claim(who: int) -> bool:
            note = Note("raced", holder=str(who))
            try:
                await store.commit(put(note, expected=round_number))
            except Conflict:
                return False
            return True

        return sum(await asyncio.gather(*map(claim, range(self.racers))))

    @pytest.mark.parametrize(
        "races", [races_in_short, pytest.param(races_in_full, marks=pytest.mark.faults)]
    )
    async def test_each_version_has_one_winner(self, store: Store, races: int) -> None:
        winners = [await self.race(store, number) for number in range(races)]

        assert [1] * races == winners
        stored = await store.get(NOTE, "raced")
        assert stored is not None
        assert races == stored.version

    async def test_a_key_is_taken_by_one_of_many(self, store: Store) -> None:
        async def take(number: int) -> bool:
            commit = Commit(NOON, keys=("event",), puts=(Put(NOTE, Note(str(number))),))
            try:
                await store.commit(commit)
            except Duplicate:
                return False
            return True

        won = await asyncio.gather(*map(take, range(20)))

        assert 1 == sum(won)
        assert 1 == await store.count(NOTE, "status", "open")

    async def test_an_item_is_leased_by_one_of_many(self, store: Store) -> None:
        items = tuple(message(str(number), f"group {number % 7}") for number in range(60))
        await store.commit(Commit(NOON, outbox=items))
        sent: list[str] = []

        async def send(owner: str) -> None:
            while held := await lease(store, owner=owner, limit=3):
                for each in held:
                    sent.append(each.item.key)
                    await store.finish_outbox(each, Posted("C1", each.item.key))

        while len(sent) < 60:
            before = len(sent)
            await asyncio.gather(*(send(f"sender {number}") for number in range(4)))
            assert before < len(sent)

        assert 60 == len(set(sent)) == len(sent)
        for group in range(7):
            in_group = [int(key) for key in sent if int(key) % 7 == group]
            assert sorted(in_group) == in_group

    async def test_two_who_expect_each_others_absence_do_not_both_write(self, store: Store) -> None:
        async def write(mine: str, other: str) -> bool:
            commit = Commit(NOON, expects=(("note", other, NEW),), puts=(Put(NOTE, Note(mine)),))
            try:
                await store.commit(commit)
            except Conflict:
                return False
            return True

        for number in range(20):
            pair = (f"{number} a", f"{number} b")
            won = await asyncio.gather(write(*pair), write(pair[1], pair[0]))
            assert 1 == sum(won)


class Contract(
    RecordContract,
    FindingContract,
    KeyContract,
    OutboxContract,
    DueContract,
    WaitingContract,
    ExportContract,
    RaceContract,
):
    """All of it."""
