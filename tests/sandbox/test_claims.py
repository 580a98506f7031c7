"""The table of claims about Slack names tests that exist."""

import re
from pathlib import Path

HERE = Path(__file__).parent
CLAIMS = HERE.parents[1] / "docs" / "slack-claims.md"


def test_every_claim_names_a_test_that_exists() -> None:
    named = re.findall(r"\b(test_\w+\.py)::(test_\w+)", CLAIMS.read_text(encoding="utf-8"))

    missing = [
        (file, name)
        for file, name in named
        if f"def {name}(" not in (HERE / file).read_text(encoding="utf-8")
    ]

    assert named
    assert [] == missing


def test_every_claim_is_marked_as_documented_observed_or_assumed() -> None:
    lines = CLAIMS.read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if "::test_" in line and line.startswith("|")]

    unmarked = [row for row in rows if not re.match(r"\|[^|]+\| [DOA]\b", row)]

    assert [] == unmarked
