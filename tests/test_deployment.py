"""What is needed to run the bot agrees with the bot: container, compose file, unit and pages."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
import pytest
import yaml
from aiohttp import web

from bot import main
from delivery.clock import SystemClock
from delivery.health import Health, HealthPages
from delivery.sender import SENT
from running.bot import DRAIN_WITHIN
from running.exit_codes import ACCESS_LOST, USAGE
from storage.opening import open_store
from storage.postgresql_schema import OLDEST_VERSION

ROOT = Path(__file__).parent.parent
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")

OF_POSTGRESQL = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "PGPASSWORD"}
"""Read by PostgreSQL's image and by its client library, not by the bot."""

STOPPING = DRAIN_WITHIN + 2
"""Seconds a stop may take."""

Lines: TypeAlias = list[tuple[str, str]]
Problem: TypeAlias = Callable[[], Awaitable[str | None]]


def known_settings() -> set[str]:
    example = (ROOT / ".env.example").read_text("utf-8")
    return set(re.findall(r"^([A-Z0-9_]+)=", example, re.MULTILINE))


def dockerfile() -> Lines:
    """Instruction and argument of each line, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line and line[0] not in "# "]
    return [(name, re.sub(r"\s+", " ", rest)) for name, rest in lines]


def in_dockerfile(instruction: str) -> list[str]:
    return [rest for name, rest in dockerfile() if name == instruction]


def copied_sources() -> list[str]:
    return [source for line in in_dockerfile("COPY") for source in line.split()[:-1]]


def health_check() -> list[str]:
    _, _, command = in_dockerfile("HEALTHCHECK")[0].partition("CMD ")
    return [str(word) for word in json.loads(command)]


def compose() -> dict[str, Any]:
    text = (ROOT / "compose.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def unit() -> Mapping[str, str]:
    """The unit's settings; of those that stand twice, the last."""
    lines = (ROOT / "deploy" / "signpost.service").read_text("utf-8").splitlines()
    pairs = [line.partition("=")[::2] for line in lines if "=" in line and line[0] != "#"]
    return dict(pairs)


def seconds(text: str) -> float:
    return float(text.removesuffix("s"))


def replicas() -> list[dict[str, Any]]:
    return [one for one in services().values() if one.get("command") == ["run"]]


def commands_named_anywhere() -> set[tuple[str, ...]]:
    entry = [json.loads(line) for line in in_dockerfile("ENTRYPOINT") + in_dockerfile("CMD")]
    assert ["python", "bot.py"] == entry[0]
    _, _, of_unit = unit()["ExecStart"].partition("bot.py ")
    of_compose = {tuple(one["command"]) for one in services().values() if "command" in one}
    in_pages = {(name,) for name in re.findall(r"bot\.py ([a-z]+)", OPERATIONS)}
    return {tuple(entry[1]), (of_unit,), *of_compose, *in_pages}


def test_every_command_that_is_named_is_a_command_of_the_bot(
    capsys: pytest.CaptureFixture[str],
) -> None:
    named = commands_named_anywhere()

    assert {("run",), ("migrate",), ("check",), ("backup",), ("restore",)} <= named
    for command in named:
        with pytest.raises(SystemExit) as ended:
            main([*command, "--help"])
        assert 0 == ended.value.code, command
    assert "usage: bot.py run" in capsys.readouterr().out


def test_every_setting_that_is_named_is_a_setting_of_the_bot() -> None:
    of_compose = {name for one in services().values() for name in one.get("environment", {})}
    of_health_check = set(re.findall(r"environ\.get\('(\w+)'\)", health_check()[-1]))
    of_pages = set(re.findall(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b", OPERATIONS))

    assert {"HEALTH_PORT"} == of_health_check
    assert set() == (of_compose | of_health_check | of_pages) - known_settings() - OF_POSTGRESQL


def test_the_image_starts_from_a_slim_python_and_runs_as_an_ordinary_user() -> None:
    assert ["python:3.11-slim"] == in_dockerfile("FROM")
    assert in_dockerfile("USER")[-1].isdigit()
    assert "0" != in_dockerfile("USER")[-1]


def test_signals_reach_the_bot_because_no_shell_stands_before_it() -> None:
    for instruction in ("ENTRYPOINT", "CMD"):
        (line,) = in_dockerfile(instruction)
        assert isinstance(json.loads(line), list)
    assert ["SIGTERM"] == in_dockerfile("STOPSIGNAL")


def test_every_requirement_is_pinned() -> None:
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    wanted = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]

    assert wanted
    for line in wanted:
        assert "==" in line, line


def test_the_build_sees_just_what_is_copied() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    let_in = {line.removeprefix("!") for line in patterns if line.startswith("!")}
    kept_out_again = patterns[len(let_in) + 1 :]

    assert "*" == patterns[0]
    assert set(copied_sources()) == let_in
    assert "**/.env" in kept_out_again
    assert "**/*.journal" in kept_out_again


def test_what_is_copied_is_enough_to_run(tmp_path: Path) -> None:
    for place in (ROOT / source for source in copied_sources()):
        if place.is_dir():
            leave_out = shutil.ignore_patterns("__pycache__", ".env")
            shutil.copytree(place, tmp_path / place.name, ignore=leave_out)
        else:
            shutil.copy(place, tmp_path)
    program = (
        "import bot; from commandline.places import MANIFEST, ROOT;"
        "from handlers.catalogue import Catalogue;"
        "from storage.postgresql_schema import known_migrations;"
        "Catalogue(); assert known_migrations() and MANIFEST.is_file();"
        "print(ROOT, len([*ROOT.glob('knowledge/faq/*/*.md')]))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert 0 == done.returncode, done.stderr
    folder, articles = done.stdout.split()
    assert str(tmp_path) == folder
    assert int(articles) > 0


@asynccontextmanager
async def health_pages(folder: Path, *problems: Problem) -> AsyncIterator[int]:
    """The pages of a bot with an empty store; gives their port."""
    store = await open_store(f"tinydb:{folder}")
    pages = HealthPages(Health(store, SystemClock(), problems))
    runner = web.AppRunner(pages.application(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
        await store.close()


async def verdict_of_health_check(port: int) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *health_check()[1:],
        env=dict(os.environ) | {"HEALTH_PORT": str(port), "http_proxy": "http://127.0.0.1:9"},
        stderr=asyncio.subprocess.DEVNULL,
    )
    return await asyncio.wait_for(process.wait(), 30)


async def test_the_images_health_check_believes_the_health_page(tmp_path: Path) -> None:
    async def unwell() -> str | None:
        return "socket mode: no live session for 31 s"

    async with health_pages(tmp_path / "well") as port:
        well = await verdict_of_health_check(port)
    async with health_pages(tmp_path / "unwell", unwell) as port:
        ill = await verdict_of_health_check(port)
    gone = await verdict_of_health_check(port)

    assert 0 == well
    assert 0 != ill
    assert 0 != gone


def test_two_replicas_wait_for_the_tables_and_the_database() -> None:
    first, second = replicas()

    assert first == second
    assert {
        "postgresql": {"condition": "service_healthy"},
        "migrate": {"condition": "service_completed_successfully"},
    } == first["depends_on"]
    assert first["image"] == services()["migrate"]["image"]
    assert ["migrate"] == services()["migrate"]["command"]


def test_replicas_share_one_database_that_the_bot_accepts() -> None:
    database = services()["postgresql"]
    name, _, version = database["image"].partition(":")

    assert "postgres" == name
    assert int(version) >= OLDEST_VERSION // 10_000
    assert "healthcheck" in database
    assert [f"{volume}:/var/lib/postgresql/data" for volume in compose()["volumes"]] == (
        database["volumes"]
    )
    for replica in replicas():
        assert replica["environment"]["STORE_URL"].startswith("postgresql://")


def test_no_secret_and_no_port_stands_in_the_compose_file() -> None:
    for name, service in services().items():
        assert "deploy/.env" in service["env_file"], name
        assert "ports" not in service, name
        settings = service.get("environment", {})
        assert [] == [one for one in settings if re.search("TOKEN|SECRET|PASSWORD", one)]
    assert ".env" not in services()["postgresql"]["env_file"]


def test_replicas_have_a_read_only_root_and_no_rights() -> None:
    for replica in replicas():
        assert replica["read_only"] is True
        assert ["ALL"] == replica["cap_drop"]
        assert ["no-new-privileges:true"] == replica["security_opt"]


def test_whoever_stops_the_bot_gives_it_time_to_finish() -> None:
    assert seconds(unit()["TimeoutStopSec"]) > STOPPING
    for replica in replicas():
        assert seconds(replica["stop_grace_period"]) > STOPPING


def test_images_are_named_without_the_host_of_a_registry() -> None:
    images = [one["image"] for one in services().values()] + in_dockerfile("FROM")

    assert [] == [image for image in images if "/" in image]


def test_the_unit_does_not_start_again_what_a_person_must_mend() -> None:
    assert "on-failure" == unit()["Restart"]
    assert f"{USAGE} {ACCESS_LOST}" == unit()["RestartPreventExitStatus"]


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is missing, so the unit was NOT verified: install systemd")
    text = (ROOT / "deploy" / "signpost.service").read_text("utf-8")
    here = tmp_path / "signpost.service"
    here.write_text(text.replace("/opt/signpost/.venv/bin/python", sys.executable), "utf-8")

    done = subprocess.run(
        ["systemd-analyze", "verify", str(here)], capture_output=True, text=True, timeout=60
    )

    about_ours = [line for line in done.stderr.splitlines() if "signpost.service" in line]
    assert [] == about_ours
    assert 0 == done.returncode, done.stderr


async def test_the_metrics_of_the_page_are_just_those_exposed(tmp_path: Path) -> None:
    SENT.labels("post", "done").inc(0)
    async with (
        health_pages(tmp_path) as port,
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/metrics") as response,
    ):
        page = await response.text()

    exposed = set(re.findall(r"^# TYPE (\w+)", page, re.MULTILINE))
    named = set(re.findall(r"\b(?:signpost|process|python)_[a-z_]+[a-z]", OPERATIONS))
    assert exposed == named


def test_every_exit_code_is_explained() -> None:
    rows = re.findall(r"^\| (\d+) \| [^|]+ \|", OPERATIONS, re.MULTILINE)

    assert {"0", "1", str(USAGE), str(ACCESS_LOST)} <= set(rows)


@pytest.mark.parametrize("page", ["operations.md", "security.md"])
def test_every_file_that_a_page_names_is_there(page: str) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    linked = re.findall(r"\]\(([\w/.-]+)(?:#[\w-]+)?\)", text)
    named = re.findall(r"`((?:helpdesk|handlers|rollout|knowledge|deploy)/[\w/]+\.\w+)`", text)

    for link in linked:
        assert (ROOT / "docs" / link).exists(), link
    for path in named:
        assert (ROOT / path).exists(), path
