"""The settings of several workspaces: all that is missing or wrong is told at once."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from commandline.places import ROOT
from knowledge.article import Language
from running.workspace_list import WorkspaceList
from settings import MAY_DIFFER, SettingsInvalid, read_settings, read_workspaces, secrets_of

CHANNELS: dict[str, Any] = {
    "question_channels": ["C0ASKIT", "C0HELPME"],
    "tier1_channel": "C0TIER1",
    "tier2_channel": "C0TIER2",
    "tier3_channel": "C0TIER3",
    "admin_channel": "C0ADMINS",
}


def environment(file: Path, **changes: str) -> dict[str, str]:
    return {
        "SLACK_CLIENT_ID": "123.456",
        "SLACK_CLIENT_SECRET": "s3cret-of-the-app",
        "SLACK_SIGNING_SECRET": "s1gning",
        "WORKSPACES": str(file),
        "STORE_URL": "postgresql://signpost:pass@db/signpost",
    } | changes


def file_of(folder: Path, workspaces: Any) -> Path:
    file = folder / "workspaces.yaml"
    file.write_text(yaml.safe_dump(workspaces), "utf-8")
    return file


def problems_of(environment: dict[str, str]) -> dict[str, str]:
    with pytest.raises(SettingsInvalid) as raised:
        read_settings(environment)
    return {problem.name: str(problem) for problem in raised.value.problems}


def test_each_workspace_has_its_own_channels_and_what_is_left_out_is_as_in_env(
    tmp_path: Path,
) -> None:
    north = CHANNELS | {"default_language": "nl"}
    file = file_of(tmp_path, {"T0NORTH": north, "T0SOUTH": CHANNELS})

    settings = read_settings(environment(file, DEFAULT_LANGUAGE="sv"))
    workspaces = read_workspaces(settings)

    assert ["T0NORTH", "T0SOUTH"] == list(workspaces)
    assert ("C0ASKIT", "C0HELPME") == workspaces["T0NORTH"].question_channels
    assert Language.NL is workspaces["T0NORTH"].default_language
    assert Language.SV is workspaces["T0SOUTH"].default_language
    assert () == settings.question_channels


def test_all_that_is_missing_for_several_workspaces_is_told_at_once() -> None:
    told = problems_of({"SLACK_CLIENT_ID": "123.456"})

    assert {"SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET", "WORKSPACES", "STORE_URL"} == set(told)
    assert "several workspaces need PostgreSQL" in told["STORE_URL"]


def test_what_belongs_to_one_workspace_may_not_stand_beside_several(tmp_path: Path) -> None:
    file = file_of(tmp_path, {"T0NORTH": CHANNELS})
    of_one = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "ADMIN_CHANNEL": "C0ADMINS",
    }

    told = problems_of(environment(file, **of_one))

    assert set(of_one) == set(told)
    assert "as admin_channel of its workspace" in told["ADMIN_CHANNEL"]


def test_every_fault_of_the_file_is_told_at_once_with_its_workspace(tmp_path: Path) -> None:
    lacking = {name: one for name, one in CHANNELS.items() if name != "tier2_channel"}
    wrong = CHANNELS | {"admin_channel": "#admins", "tier9_channel": "C0TIER9"}
    file = file_of(tmp_path, {"T0NORTH": lacking, "T0SOUTH": wrong, "north": CHANNELS, "T0X": None})

    told = problems_of(environment(file))

    assert {
        "T0NORTH.tier2_channel",
        "T0SOUTH.admin_channel",
        "T0SOUTH.tier9_channel",
        "WORKSPACES",
        "T0X",
    } <= set(told)
    assert "'north' is no id of a workspace" in told["WORKSPACES"]


@pytest.mark.parametrize("content", ["[", "- T0NORTH", "just words"])
def test_a_file_of_another_form_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "workspaces.yaml"
    file.write_text(content, "utf-8")

    assert {"WORKSPACES"} == set(problems_of(environment(file)))


def test_a_file_without_workspaces_is_in_order_for_a_first_start(tmp_path: Path) -> None:
    file = tmp_path / "workspaces.yaml"
    file.write_text("# none yet\n", "utf-8")

    assert {} == read_workspaces(read_settings(environment(file)))


def test_no_secret_shows_in_the_settings(tmp_path: Path) -> None:
    settings = read_settings(environment(file_of(tmp_path, {})))

    assert "s3cret-of-the-app" not in repr(settings)
    assert "s3cret-of-the-app" in set(secrets_of(settings))


def test_the_example_is_a_file_of_the_right_form_and_shows_all_that_may_stand_there() -> None:
    example = ROOT / "workspaces.example.yaml"
    shown = example.read_text("utf-8")

    assert ["T0123456789"] == list(read_workspaces(read_settings(environment(example))))
    for name in MAY_DIFFER:
        assert f"{name.lower()}:" in shown, name


def test_a_changed_file_is_taken_up_and_a_wrong_one_is_not(tmp_path: Path) -> None:
    file = file_of(tmp_path, {"T0NORTH": CHANNELS})
    workspaces = WorkspaceList(read_settings(environment(file)))

    file_of(tmp_path, {"T0NORTH": CHANNELS, "T0SOUTH": CHANNELS})
    assert workspaces.look()
    assert not workspaces.look()
    assert ["T0NORTH", "T0SOUTH"] == list(workspaces.current)

    file_of(tmp_path, {"T0NORTH": {}})
    assert not workspaces.look()
    assert ["T0NORTH", "T0SOUTH"] == list(workspaces.current)
