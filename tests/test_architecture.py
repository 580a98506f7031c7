"""Imports point inwards."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

INSIDE = {"knowledge", "helpdesk", "rollout", "storage"}

MAY_IMPORT = {
    "knowledge": set(),
    "helpdesk": {"knowledge"},
    "rollout": {"knowledge", "helpdesk"},
    "storage": {"knowledge", "helpdesk", "rollout"},
    "handlers": {"knowledge", "helpdesk", "rollout", "storage"},
    "delivery": {"knowledge", "helpdesk", "rollout", "storage"},
    "sandbox": set(),
    "running": {*INSIDE, "handlers", "delivery", "settings"},
    "commandline": {*INSIDE, "handlers", "delivery", "running", "sandbox", "settings", "logs"},
}
OURS = {*MAY_IMPORT, "bot", "settings", "logs"}

ONLY_THERE = {
    "slack_bolt": {"handlers"},
    # Bolt's app, its ways in and its OAuth flow take slack_sdk's clients, stores and verifier.
    "slack_sdk": {
        "delivery",
        "handlers/app.py",
        "handlers/connection.py",
        "handlers/front_door.py",
        "handlers/installing.py",
    },
    "tinydb": {"storage"},
    "psycopg": {"storage"},
    "dotenv": {"bot.py"},
}


def modules(folder: str) -> Iterator[Path]:
    yield from sorted((ROOT / folder).rglob("*.py"))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_a_package_imports_only_what_lies_further_inside(package: str) -> None:
    for path in modules(package):
        outward = (imported(path) & OURS) - MAY_IMPORT[package] - {package}

        assert set() == outward, f"{path.relative_to(ROOT)} imports {outward}"


@pytest.mark.parametrize("library", sorted(ONLY_THERE))
def test_a_library_at_the_edge_is_used_only_at_that_edge(library: str) -> None:
    for path in product_modules():
        place = str(path.relative_to(ROOT))
        allowed = place.startswith(tuple(ONLY_THERE[library]))

        assert allowed or library not in imported(path), f"{place} imports {library}"


def test_the_wall_clock_and_the_environment_are_read_only_at_the_outermost_edge() -> None:
    edge = {"bot.py"} | {
        f"delivery/{name}.py" for name in ("clock", "followed_clock", "shared_clock")
    }
    for path in product_modules():
        place = str(path.relative_to(ROOT))
        if place in edge or place.startswith("sandbox/"):
            continue
        text = path.read_text("utf-8")

        for word in ("datetime.now", "time.time(", "os.environ", "os.getenv", "date.today"):
            assert word not in text, f"{place} uses {word}"


def product_modules() -> Iterator[Path]:
    for package in MAY_IMPORT:
        yield from modules(package)
    yield from sorted(ROOT.glob("*.py"))


def test_the_top_level_is_the_command_line_the_settings_and_the_logs() -> None:
    assert ["bot.py", "logs.py", "settings.py"] == sorted(one.name for one in ROOT.glob("*.py"))
