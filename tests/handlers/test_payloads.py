"""What can be read from a payload that could not be handled."""

from typing import Any

import pytest

from handlers.payloads import PayloadUnreadable, person_and_place, read_press

PRESS: dict[str, Any] = {
    "type": "block_actions",
    "team": {"id": "T1"},
    "user": {"id": "U1", "team_id": "T1"},
    "container": {"type": "message", "message_ts": "2.0", "channel_id": "C1", "thread_ts": "1.0"},
    "actions": [{"action_id": "answer.solved", "action_ts": "3.0", "value": "q"}],
}


def test_a_press_beneath_a_reply_belongs_to_the_thread_of_that_reply() -> None:
    assert ("U1", "C1", "1.0") == person_and_place(PRESS)


def test_a_press_on_a_message_at_top_level_belongs_beneath_it() -> None:
    press = PRESS | {"container": {"message_ts": "2.0", "channel_id": "C1"}}

    assert ("U1", "C1", "2.0") == person_and_place(press)


def test_a_message_belongs_to_its_thread() -> None:
    event = {"user": "U1", "channel": "C1", "ts": "2.0", "thread_ts": "1.0"}

    assert ("U1", "C1", "1.0") == person_and_place({"event": event})


@pytest.mark.parametrize("message", [None, {}, {"thread_ts": None}])
def test_a_press_without_its_message_is_read(message: Any) -> None:
    container = {"message_ts": "2.0", "channel_id": "C1", "is_ephemeral": True}

    assert read_press(PRESS | {"container": container, "message": message}).thread_ts is None


def test_a_press_without_a_team_belongs_to_the_team_of_the_person() -> None:
    assert "T1" == read_press(PRESS | {"team": None}).team


def test_a_press_in_a_view_is_not_read_as_one_on_a_message() -> None:
    with pytest.raises(PayloadUnreadable):
        read_press(PRESS | {"container": {"type": "view", "view_id": "V1"}})
