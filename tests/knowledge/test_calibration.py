"""The calibration file: what is shipped fits, and a wrong one is refused with advice."""

import json
from pathlib import Path

import pytest

from knowledge.calibration import SHIPPED, load_calibration
from knowledge.errors import CalibrationInvalid


def test_the_shipped_calibration_loads_and_is_written_as_it_was_read() -> None:
    assert json.loads(load_calibration().to_json()) == json.loads(SHIPPED.read_text("utf-8"))


def test_the_thresholds_are_in_order() -> None:
    calibration = load_calibration()

    assert 0 < calibration.suggest_at < calibration.answer_at < 1


@pytest.mark.parametrize("change", ["missing", "broken", "other features", "no number"])
def test_a_wrong_file_is_refused_with_advice(tmp_path: Path, change: str) -> None:
    path = tmp_path / "calibration.json"
    fields = json.loads(SHIPPED.read_text("utf-8"))
    if change == "broken":
        path.write_text("{")
    if change == "other features":
        fields["rank"]["luck"] = 1.0
        path.write_text(json.dumps(fields))
    if change == "no number":
        path.write_text(json.dumps(fields | {"bias": "much"}))

    with pytest.raises(CalibrationInvalid, match="fit_calibration"):
        load_calibration(path)
