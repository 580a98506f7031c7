"""Settings: all that is missing or wrong is told at once, with the mend."""

import re
from pathlib import Path

import pytest

from knowledge.article import Language
from settings import Settings, SettingsInvalid, read_settings

EXAMPLE = Path(__file__).parent.parent / ".env.example"

COMPLETE = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "QUESTION_CHANNELS": "C0ASKIT,C0HELPME",
    "TIER1_CHANNEL": "C0TIER1",
    "TIER2_CHANNEL": "C0TIER2",
    "TIER3_CHANNEL": "C0TIER3",
    "ADMIN_CHANNEL": "C0ADMINS",
}


def problems_of(environment: dict[str, str]) -> dict[str, str]:
    with pytest.raises(SettingsInvalid) as raised:
        read_settings(environment)
    return {problem.name: problem.wrong for problem in raised.value.problems}


def test_a_complete_environment_is_read() -> None:
    settings = read_settings(COMPLETE)

    assert ("C0ASKIT", "C0HELPME") == settings.question_channels
    assert ("C0TIER1", "C0TIER2", "C0TIER3") == settings.tier_channels
    assert "127.0.0.1" == settings.host
    assert "tinydb:data" == settings.store_url
    assert Language.EN is settings.default_language


def test_an_empty_environment_names_every_required_setting_at_once() -> None:
    missing = problems_of({})

    assert {
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "QUESTION_CHANNELS",
        "TIER1_CHANNEL",
        "TIER2_CHANNEL",
        "TIER3_CHANNEL",
        "ADMIN_CHANNEL",
    } == set(missing)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-1"),
        ("SLACK_APP_TOKEN", "xoxb-1"),
        ("QUESTION_CHANNELS", "#ask-it"),
        ("TIER1_CHANNEL", "tier-1"),
        ("PORT", "65536"),
        ("PORT", "many"),
        ("SLACK_API_URL", "slack.com"),
        ("KNOWLEDGE_DIR", "no/such/folder"),
        ("ROLLOUT_PLAN", "no/such/file.yaml"),
        ("DEFAULT_LANGUAGE", "de"),
        ("TIMEZONE", "Europe/Nowhere"),
        ("LOG_LEVEL", "LOUD"),
        ("STORE_URL", "mysql://db.example/signpost"),
        ("STORE_URL", "tinydb:"),
        ("STORE_URL", "signpost"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    assert {name} == set(problems_of(COMPLETE | {name: value}))


@pytest.mark.parametrize(
    "url",
    ["tinydb:state", "postgresql://bot@db.example/signpost", "postgres://bot@db.example/signpost"],
)
def test_a_store_of_either_engine_is_accepted(url: str) -> None:
    assert url == read_settings(COMPLETE | {"STORE_URL": url}).store_url


def test_a_wrong_store_is_named_together_with_the_other_faults_and_without_its_password() -> None:
    environment = COMPLETE | {"STORE_URL": "mysql://bot:s3cret@db.example/signpost", "PORT": "many"}

    with pytest.raises(SettingsInvalid) as raised:
        read_settings(environment)

    assert {"STORE_URL", "PORT"} == {problem.name for problem in raised.value.problems}
    assert "postgresql://USER:PASSWORD@HOST/DATABASE" in str(raised.value)
    assert "s3cret" not in str(raised.value)


def test_the_highest_port_is_accepted() -> None:
    assert 65_535 == read_settings(COMPLETE | {"PORT": "65535"}).port


def test_a_signing_secret_serves_instead_of_an_app_token() -> None:
    environment = COMPLETE | {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": "s3cret"}

    assert read_settings(environment).app_token is None


def test_secrets_do_not_show() -> None:
    settings = read_settings(COMPLETE | {"SLACK_SIGNING_SECRET": "s3cret"})

    for shown in (repr(settings), str(settings)):
        assert "xoxb-1" not in shown
        assert "xapp-1" not in shown
        assert "s3cret" not in shown


def test_a_wrong_token_is_not_quoted_in_the_problem() -> None:
    with pytest.raises(SettingsInvalid) as raised:
        read_settings(COMPLETE | {"SLACK_BOT_TOKEN": "xoxp-very-secret"})

    assert "very-secret" not in str(raised.value)


def test_the_example_explains_every_setting_that_is_read() -> None:
    text = EXAMPLE.read_text("utf-8")
    named = set(re.findall(r"^([A-Z0-9_]+)=", text, re.MULTILINE))
    source = (EXAMPLE.parent / "settings.py").read_text("utf-8")
    read = set(re.findall(r'reading\.\w+\(\s*"([A-Z0-9_]+)"', source))

    assert read == named


def test_the_example_filled_in_is_valid(tmp_path: Path) -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    written = dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")
    filled = {name: value for name, value in written.items() if value} | COMPLETE

    assert isinstance(read_settings(filled), Settings)
