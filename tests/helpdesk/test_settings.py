"""The helpdesk's settings file: everything wrong with it is said at once."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from helpdesk.errors import HelpdeskInvalid
from helpdesk.settings import parse_helpdesk, read_helpdesk
from helpdesk.timing import HelpdeskSettings, TierSettings

EXAMPLE = Path(__file__).parents[2] / "helpdesk.example.yaml"


def test_without_a_file_the_organisations_time_zone_holds() -> None:
    settings = read_helpdesk(None, "Asia/Taipei")

    assert ["Asia/Taipei"] * 3 == [tier.hours.zone for tier in settings.tiers]


def test_the_example_says_what_the_defaults_are() -> None:
    settings = read_helpdesk(EXAMPLE)

    defaults = HelpdeskSettings().tier(1)
    zone = settings.tier(1).hours.zone
    assert "Europe/Amsterdam" == zone
    assert TierSettings(parse_helpdesk({}, zone).tier(1).hours, defaults.waits) == settings.tier(1)
    assert timedelta(hours=2) == settings.tier(3).waits.claim


def test_a_tier_differs_only_in_what_it_says() -> None:
    settings = parse_helpdesk(
        {"all": {"opens": "08:00", "claim": "1h 30m"}, "tier3": {"opens": "10:00"}}
    )

    assert [time(8), time(8), time(10)] == [tier.hours.opens for tier in settings.tiers]
    assert timedelta(minutes=90) == settings.tier(3).waits.claim


def test_a_time_without_quotes_is_understood() -> None:
    assert time(9, 30) == parse_helpdesk({"all": {"opens": 570}}).tier(1).hours.opens


def test_a_number_that_is_no_time_of_day_is_refused() -> None:
    with pytest.raises(HelpdeskInvalid):
        parse_helpdesk({"all": {"opens": 9}})


def test_norway_without_quotes_is_understood() -> None:
    assert "NO" == parse_helpdesk({"all": {"country": False}}).tier(1).hours.country


def test_a_fault_for_all_tiers_is_named_once() -> None:
    with pytest.raises(HelpdeskInvalid) as invalid:
        parse_helpdesk({"all": {"closes": "08:00"}})

    assert 1 == len(invalid.value.problems)


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(HelpdeskInvalid) as invalid:
        parse_helpdesk(
            {
                "all": {
                    "timezone": "Mars/Olympus",
                    "days": ["caturday"],
                    "opens": "25:00",
                    "country": "XX",
                    "closed": ["yesterday"],
                    "claim": "soon",
                    "colour": "red",
                },
                "tier9": {},
            }
        )

    said = "\n".join(invalid.value.problems)
    for wrong in ("Mars", "caturday", "25:00", "XX", "yesterday", "soon", "colour", "tier9"):
        assert wrong in said


@pytest.mark.parametrize("text", ["[", "- a", "\x00"])
def test_a_file_that_holds_no_settings_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "helpdesk.yaml"
    file.write_text(text, "utf-8")

    with pytest.raises(HelpdeskInvalid):
        read_helpdesk(file)


def test_closing_at_the_hour_of_opening_is_refused() -> None:
    with pytest.raises(HelpdeskInvalid):
        parse_helpdesk({"all": {"opens": "09:00", "closes": "09:00"}})
    assert parse_helpdesk({"all": {"opens": "09:00", "closes": "09:01"}})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, timedelta(hours=1)),
        ({"offer_after": "20m"}, timedelta(minutes=20)),
        ({"offer_after": "Never"}, None),
    ],
)
def test_the_helpdesk_is_offered_once_more_after_a_while_or_never(
    given: dict[str, str], expected: timedelta | None
) -> None:
    assert expected == parse_helpdesk(given).offer_after


def test_a_while_that_is_none_is_named() -> None:
    with pytest.raises(HelpdeskInvalid, match="offer_after: 'soon' is no duration"):
        parse_helpdesk({"offer_after": "soon"})
