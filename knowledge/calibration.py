"""The fitted numbers: what each piece of evidence weighs, and how sure a score makes one.

They are fitted once by benchmarks/fit_calibration.py, on knowledge bases held out from themselves,
and shipped as calibration.json. They speak about similarities between 0 and 1, not about any
article, so they move between knowledge bases.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import CalibrationInvalid

SHIPPED: Final = Path(__file__).with_name("calibration.json")

# Evidence per candidate, in the order of the columns that ranking.py gives.
RANK_FEATURES: Final = (
    "separated",
    "ratio",
    "soft",
    "covered",
    "covering",
    "groups",
    "owned",
    "platform_named",
    "platform_other",
    "language",
)
# Evidence about the best candidate against the rest.
CONFIDENCE_FEATURES: Final = (
    "separated",
    "separated_margin",
    "share",
    "ratio",
    "known",
    "covered",
    "owned",
    "owned_margin",
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """`answer_at` and `suggest_at` are confidences between 0 and 1; `fitted_on` names sources."""

    rank: NDArray[np.float64]
    confidence: NDArray[np.float64]
    bias: float
    answer_at: float
    suggest_at: float
    fitted_on: tuple[str, ...] = ()

    def to_json(self) -> str:
        fields = {
            "answer_at": round(self.answer_at, 4),
            "suggest_at": round(self.suggest_at, 4),
            "bias": round(self.bias, 5),
            "rank": _named(RANK_FEATURES, self.rank),
            "confidence": _named(CONFIDENCE_FEATURES, self.confidence),
            "fitted_on": list(self.fitted_on),
        }
        return json.dumps(fields, indent=2, ensure_ascii=False) + "\n"


def load_calibration(path: Path = SHIPPED) -> Calibration:
    """The calibration in a file. Raises CalibrationInvalid when it is missing or does not fit."""
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        return Calibration(
            rank=_ordered(RANK_FEATURES, fields["rank"]),
            confidence=_ordered(CONFIDENCE_FEATURES, fields["confidence"]),
            bias=float(fields["bias"]),
            answer_at=float(fields["answer_at"]),
            suggest_at=float(fields["suggest_at"]),
            fitted_on=tuple(fields.get("fitted_on", ())),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        problem = f"{path} is no calibration of this version ({error!r})."
        mend = "Fit it anew with benchmarks/fit_calibration.py."
        raise CalibrationInvalid(f"{problem} {mend}") from error


def _named(names: tuple[str, ...], weights: NDArray[np.float64]) -> dict[str, float]:
    return {name: round(float(weight), 5) for name, weight in zip(names, weights, strict=True)}


def _ordered(names: tuple[str, ...], weights: dict[str, float]) -> NDArray[np.float64]:
    if set(names) != set(weights):
        raise ValueError(f"the features differ: {sorted(set(names) ^ set(weights))}")
    return np.array([float(weights[name]) for name in names])
