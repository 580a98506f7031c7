"""The command line's part of the store: backup, restore, export, import, migrate."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from storage.archive import backup, export_to, import_from, restore
from storage.opening import DEFAULT_URL, migrate

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]

Copying: TypeAlias = Callable[[str, Path], Awaitable[Mapping[str, int]]]


def add_commands(commands: "Commands") -> None:
    """Add the commands; each works on the store that ``STORE_URL`` names."""
    _add(commands, "backup", "FILE", "copy the store into one file, beside a running bot", backup)
    _add(commands, "restore", "FILE", "fill an empty store from a backup", restore)
    _add(commands, "export", "DIR", "write the store as JSON lines", export_to)
    _add(commands, "import", "DIR", "fill an empty store from an export", import_from)
    parser = commands.add_parser("migrate", help="bring the database up to this version")
    parser.set_defaults(command=_migrate)


def _add(commands: "Commands", name: str, place: str, does: str, copying: Copying) -> None:
    parser = commands.add_parser(name, help=does, description=f"{does.capitalize()}.")
    parser.add_argument("place", type=Path, metavar=place)

    async def copied(url: str, place: Path) -> Mapping[str, int]:
        return await copying(url, place)

    def command(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
        counts = asyncio.run(copied(_url(environment), options.place))
        print(f"{name}: " + ", ".join(f"{count} {table}" for table, count in counts.items()))
        return 0

    parser.set_defaults(command=command)


def _migrate(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    async def migrated() -> list[str]:
        return list(await migrate(_url(environment)))

    applied = asyncio.run(migrated())
    print("\n".join(f"applied {name}" for name in applied) or "The store is up to date.")
    return 0


def _url(environment: Mapping[str, str]) -> str:
    return environment.get("STORE_URL", "").strip() or DEFAULT_URL
