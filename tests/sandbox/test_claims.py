"""The table of claims about Slack names tests that exist."""

import re
from pathlib import Path

import yaml

HERE = Path(__file__).parent
SANDBOX = HERE.parents[1] / "sandbox"
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


def test_every_code_with_which_the_sandbox_refuses_a_call_is_a_claim() -> None:
    source = "\n".join(path.read_text("utf-8") for path in SANDBOX.rglob("*.py"))
    raised = re.findall(r'(?:SlackRefusal|Complaint)\(\s*"(\w+)"', source)
    required = re.findall(r'required\("\w+", "(\w+)"', source)

    claims = CLAIMS.read_text(encoding="utf-8")

    assert 40 < len({*raised, *required})
    assert [] == [code for code in sorted({*raised, *required}) if f"`{code}`" not in claims]


def test_every_scope_of_the_manifest_is_explained_and_no_other() -> None:
    manifest = yaml.safe_load((HERE.parents[1] / "manifest.yml").read_text("utf-8"))
    explained = CLAIMS.read_text("utf-8").split("## What each scope is for")[1]

    named = re.findall(r"`([a-z_]+:[a-z._]+|commands)`", explained)

    assert sorted(manifest["oauth_config"]["scopes"]["bot"]) == sorted(named)
