"""How the knowledge base learns, as the settings file says."""

from pathlib import Path

import pytest
import yaml

from helpdesk.errors import HelpdeskInvalid
from helpdesk.learning import Learning
from helpdesk.settings import parse_helpdesk
from knowledge.spikes import SpikeRule

EXAMPLE = Path(__file__).parents[2] / "helpdesk.example.yaml"


def test_left_out_a_second_person_publishes() -> None:
    assert Learning() == parse_helpdesk({}).learning
    assert parse_helpdesk({}).learning.second_person


def test_the_example_says_what_holds_when_it_is_left_out() -> None:
    example = yaml.safe_load(EXAMPLE.read_text("utf-8"))

    assert Learning() == parse_helpdesk(example).learning


def test_what_the_file_says_holds() -> None:
    given = {"second_person": False, "spike_least": 9, "spike_days": 14, "spike_history": 1}

    learning = parse_helpdesk({"learning": given}).learning

    assert Learning(False, SpikeRule(least=9, days=14, history=1)) == learning


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"learning": "yes"}, "learning: is no group"),
        ({"learning": {"second_person": "maybe"}}, "learning.second_person: is no yes or no"),
        ({"learning": {"spike_least": 0}}, "learning.spike_least: 0 is no number above 0"),
        ({"learning": {"spike_days": "many"}}, "learning.spike_days: 'many' is no number"),
        ({"learning": {"spike_least": True}}, "learning.spike_least: True is no number"),
        ({"learning": {"second_reader": True}}, "learning: 'second_reader' is unknown"),
    ],
)
def test_a_mistake_is_named_with_its_mend(given: dict[str, object], problem: str) -> None:
    with pytest.raises(HelpdeskInvalid) as invalid:
        parse_helpdesk(given)

    assert [True] == [one.startswith(problem) for one in invalid.value.problems]
