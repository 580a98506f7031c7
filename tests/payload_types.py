"""Every payload the bot sends, one of each shape, as TypeScript to be checked against the types
that Slack publishes (`@slack/types`, `@slack/web-api`)."""

import json
import subprocess
from pathlib import Path
from typing import Any

from sandbox.traffic import Entry, Traffic

ROOT = Path(__file__).parent.parent
TSC = ROOT / "node_modules" / "typescript" / "bin" / "tsc"

ARGUMENTS = {
    "chat.postMessage": "ChatPostMessageArguments",
    "chat.update": "ChatUpdateArguments",
    "chat.delete": "ChatDeleteArguments",
    "chat.postEphemeral": "ChatPostEphemeralArguments",
    "views.open": "ViewsOpenArguments",
    "views.push": "ViewsPushArguments",
    "views.update": "ViewsUpdateArguments",
    "views.publish": "ViewsPublishArguments",
    "reactions.add": "ReactionsAddArguments",
}
"""What each method takes. Reads go as forms, whose values are all texts, and are left out."""

_CHOOSING = frozenset({"type", "style", "subtype", "response_type"})


class Recorder:
    """Keeps one payload of every shape."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, Any]] = {}

    def listen(self, traffic: Traffic) -> None:
        traffic.listeners.append(self._take)

    def _take(self, entry: Entry) -> None:
        kind = _type_of(entry)
        if kind is not None:
            body = json.loads(json.dumps(entry.body))
            self.kept.setdefault(f"{kind} {_shape(body)}", (kind, body))

    def as_typescript(self) -> str:
        lines = [
            "import type * as api from '@slack/web-api';",
            "import type { KnownBlock } from '@slack/types';",
            "interface Response { text: string; blocks?: KnownBlock[];",
            "  response_type?: 'ephemeral' | 'in_channel'; replace_original?: boolean;",
            "  delete_original?: boolean; thread_ts?: string }",
        ]
        for kind, body in self.kept.values():
            lines.append(f"({json.dumps(body, ensure_ascii=False)}) satisfies {kind};")
        return "\n".join(lines)


SENT = Recorder()
"""Of every workplace that was opened in this run of the tests."""


def complaints(typescript: str, folder: Path) -> list[str]:
    """What the TypeScript compiler finds wrong with the payloads."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "payloads.ts").write_text(typescript, "utf-8")
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    options = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022"]
    options += ["--module", "nodenext", "--moduleResolution", "nodenext"]
    run = subprocess.run(
        ["node", str(TSC), *options, "payloads.ts"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return [line for line in run.stdout.splitlines() if line.strip()]


def complaint_about_options(found: list[str]) -> bool:
    """Whether the compiler never came to look at the payloads."""
    return any(line.startswith("error TS") for line in found)


def _type_of(entry: Entry) -> str | None:
    if entry.direction != "from_bot":
        return None
    if entry.kind == "response_url":
        return "Response"
    if entry.kind == "method" and entry.name in ARGUMENTS:
        return f"api.{ARGUMENTS[entry.name]}"
    return None


def _shape(value: Any, key: str = "") -> str:
    """Two payloads of one shape meet the same types."""
    if isinstance(value, dict):
        inside = ",".join(f"{name}:{_shape(value[name], name)}" for name in sorted(value))
        return f"{{{inside}}}"
    if isinstance(value, list):
        return f"[{'|'.join(sorted({_shape(one) for one in value}))}]"
    return repr(value) if key in _CHOOSING else type(value).__name__
