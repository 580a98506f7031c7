"""`python bot.py media` as a person types it."""

import argparse
import asyncio
import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commandline.media import add_media_command
from knowledge.article import Language
from rollout.announcement import Announcement, Audience, State
from rollout.messages import Message
from rollout.plan import Phase
from running.exit_codes import NOT_WELL, OK, USAGE
from storage.kinds import ANNOUNCEMENT
from storage.opening import open_store
from storage.port import Commit, Put
from tests.rollout.plans import EXAMPLE

NOW = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)
KICKOFF = Announcement(
    id="T0NORTHWIND/2027-kickoff-all",
    team="T0NORTHWIND",
    state=State.SCHEDULED,
    planned="kickoff-all",
    group="all",
    phase=Phase.KICKOFF,
    messages={Language.EN: Message("Our own title", "Our own words", "Read this", "Ask us")},
    audience=(Audience("C0GENERAL", Language.EN),),
    sends_at=datetime(2027, 7, 6, 7, 0, tzinfo=UTC),
    author="U0ADA",
)


def run(*words: str | Path, store: str = "") -> tuple[int, str]:
    """The exit code and what was printed."""
    out = io.StringIO()
    parser = argparse.ArgumentParser()
    add_media_command(parser.add_subparsers(required=True), lambda: NOW, out)
    options = parser.parse_args([str(word) for word in ("media", *words)])
    return options.command(options, {"STORE_URL": store}), out.getvalue()


def stored(folder: Path, *announcements: Announcement) -> str:
    """The address of a store with these announcements."""
    url = f"tinydb:{folder}"

    async def fill() -> None:
        store = await open_store(url)
        puts = tuple(Put(ANNOUNCEMENT, one) for one in announcements)
        await store.commit(Commit(at=NOW, puts=puts))
        await store.close()

    asyncio.run(fill())
    return url


def test_the_sample_plan_becomes_files_for_each_announcement(tmp_path: Path) -> None:
    code, printed = run(EXAMPLE, "-o", tmp_path / "media")

    assert OK == code
    assert "52 files for 17 announcements, in the words of the templates." in printed
    names = {one.name for one in (tmp_path / "media").iterdir()}
    assert {"kickoff-all.en.ics", "kickoff-all.en.mail.txt", "enrollment-it.en.web.html"} < names
    assert 52 == len(names)


def test_one_announcement_in_all_languages(tmp_path: Path) -> None:
    code, printed = run(EXAMPLE, "-o", tmp_path, "--only", "enrollment-it", "--language", "all")

    assert OK == code
    assert "12 files for 1 announcement," in printed
    assert "IT：" in (tmp_path / "enrollment-it.zh-Hant.mail.txt").read_text("utf-8")


def test_what_was_prepared_in_slack_goes_before_the_templates(tmp_path: Path) -> None:
    url = stored(tmp_path / "store", KICKOFF)

    code, printed = run(EXAMPLE, "-o", tmp_path / "media", "--only", "kickoff-all", store=url)

    assert OK == code
    assert "as prepared in Slack" in printed
    text = (tmp_path / "media" / "kickoff-all.en.mail.txt").read_text("utf-8")
    assert text.startswith("Subject: Our own title\n\nOur own words")


def test_a_later_export_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    run(EXAMPLE, "-o", tmp_path, "--only", "kickoff-all")
    moved = replace(KICKOFF, sends_at=datetime(2027, 7, 8, 7, 0, tzinfo=UTC))
    before = sorted(one.name for one in tmp_path.iterdir())

    run(EXAMPLE, "-o", tmp_path, "--only", "kickoff-all", store=stored(tmp_path / "s", moved))

    assert before == sorted(one.name for one in tmp_path.iterdir() if one.is_file())
    assert "DTSTART:20270708T070000Z" in (tmp_path / "kickoff-all.en.ics").read_text("utf-8")


def test_an_unknown_announcement_is_refused_with_those_there_are(tmp_path: Path) -> None:
    code, printed = run(EXAMPLE, "-o", tmp_path / "media", "--only", "kickoff-it")

    assert USAGE == code
    assert printed.startswith("There is no announcement kickoff-it. There are: kickoff-all, ")
    assert not (tmp_path / "media").exists()


@pytest.mark.parametrize(("minutes", "expected"), [("0", USAGE), ("1", OK)])
def test_a_meeting_takes_at_least_a_minute(tmp_path: Path, minutes: str, expected: int) -> None:
    assert expected == run(EXAMPLE, "-o", tmp_path / "media", "--minutes", minutes)[0]


def test_a_plan_that_cannot_be_used_and_a_folder_that_is_none_are_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine", "utf-8")

    code, printed = run(tmp_path / "none.yaml", "-o", tmp_path / "media")
    blocked, told = run(EXAMPLE, "-o", file)

    assert (NOT_WELL, NOT_WELL) == (code, blocked)
    assert "the file cannot be read" in printed
    assert f"{file} cannot be written" in told
    assert "mine" == file.read_text("utf-8")
