"""A plan played in the sandbox, as ``python bot.py play`` does."""

import io
from dataclasses import replace
from pathlib import Path

import yaml

from commandline.playing import add_channels, play, start_of
from knowledge.watching import Knowledge
from rollout.exporting import as_yaml
from rollout.plan import Plan, Sponsor
from rollout.reading import load_plan
from tests.conversations.test_announcing import MANIFEST, PLAN
from tests.workplace import Workplace, open_workplace

NEW_CHANNEL = "C0NEWCOMERS"


def for_it(channel: str) -> Plan:
    """The four messages to IT, in a channel of their own."""
    plan = load_plan(PLAN)
    groups = tuple(replace(one, channels=(channel,)) for one in plan.groups if one.id == "it")
    waves = tuple(
        replace(wave, dates={"it": wave.dates["it"]}) for wave in plan.waves if "it" in wave.dates
    )
    return replace(plan, groups=groups, waves=waves)


async def played(plan: Plan, store_url: str, knowledge: Knowledge, folder: Path) -> tuple[int, str]:
    """The exit code, and what was printed."""
    path, out = folder / "plan.yaml", io.StringIO()
    path.write_text(as_yaml(plan), "utf-8")
    manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
    setup = {"clock_start": start_of(plan), "manifest": manifest}
    async with open_workplace(store_url, knowledge, **setup) as workplace:
        add_channels(workplace.sandbox, plan)
        await starts_with(path, workplace)
        return await play(plan, workplace.sandbox, out), out.getvalue()


async def starts_with(path: Path, workplace: Workplace) -> None:
    await workplace.stop_bot()
    workplace.environment = {**workplace.environment, "ROLLOUT_PLAN": str(path)}
    await workplace.start_bot()


async def test_what_is_posted_where_and_when_is_printed(
    store_url: str, knowledge: Knowledge, tmp_path: Path
) -> None:
    code, printed = await played(for_it(NEW_CHANNEL), store_url, knowledge, tmp_path)

    *posted, count = printed.splitlines()
    assert 0 == code
    assert ["2027-07-06", "2027-07-13", "2027-07-20", "2027-07-27"] == [one[:10] for one in posted]
    assert posted[2] == (
        "2027-07-20 09:00 #c0newcomers, by Ada Ashby via Signpost: "
        "IT: your account is ready, please enroll"
    )
    assert "4 messages planned, 4 posted" == count


async def test_what_cannot_be_approved_is_named_and_the_play_does_not_end_well(
    store_url: str, knowledge: Knowledge, tmp_path: Path
) -> None:
    plan = replace(for_it(NEW_CHANNEL), sponsor=Sponsor())

    code, printed = await played(plan, store_url, knowledge, tmp_path)

    assert 1 == code
    assert (
        "pre-enrollment-1-it cannot be approved:\n• The first message of a group needs" in printed
    )
    assert printed.endswith("4 messages planned, 3 posted\n")
