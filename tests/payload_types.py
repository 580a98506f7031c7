"""Every payload the true bot sends in the tests, held against both of what Slack says of it: the
sandbox's table of limits, each payload at once, and the types that Slack publishes
(`@slack/types`, `@slack/web-api`), one of each shape at the end of the run.

A payload is the arguments of a method that writes, a body for a response url, or what comes with an
acknowledgement: the answer to a form, to a command, the options of a select.
"""

import json
import os
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from sandbox.limits import Complaint, explain_message, explain_update, explain_view
from sandbox.traffic import Entry, Traffic

ROOT = Path(__file__).parent.parent
TSC = ROOT / "node_modules" / "typescript" / "bin" / "tsc"
MISSING = "The TypeScript compiler is missing: run `sh scripts/need.sh axe`, which needs Node."

ARGUMENTS = {
    "chat.postMessage": "ChatPostMessageArguments",
    "chat.update": "ChatUpdateArguments",
    "chat.delete": "ChatDeleteArguments",
    "chat.postEphemeral": "ChatPostEphemeralArguments",
    "views.open": "ViewsOpenArguments",
    "views.push": "ViewsPushArguments",
    "views.update": "ViewsUpdateArguments",
    "views.publish": "ViewsPublishArguments",
    "conversations.join": "ConversationsJoinArguments",
    "conversations.open": "ConversationsOpenArguments",
    "reactions.add": "ReactionsAddArguments",
    "reactions.remove": "ReactionsRemoveArguments",
}
"""What each method takes. Reads go as forms, whose values are all texts, and are left out."""

_OWN_TYPES = """
import type * as api from '@slack/web-api';
import type { KnownBlock, ModalView, Option } from '@slack/types';
interface Response { text: string; blocks?: KnownBlock[];
  response_type?: 'ephemeral' | 'in_channel'; replace_original?: boolean;
  delete_original?: boolean; thread_ts?: string }
interface Options { options: Option[] }
type FormAnswer = { response_action: 'errors'; errors: Record<string, string> }
  | { response_action: 'clear' }
  | { response_action: 'update' | 'push'; view: ModalView & OnlyKnown };
interface OnlyKnown { blocks?: KnownBlock[]; view?: { blocks: KnownBlock[] } }
"""
"""What Slack publishes no type for: docs.slack.dev/interactivity/handling-user-interaction and
docs.slack.dev/surfaces/modals. The published types take blocks of any type whatsoever; we do not.
"""

_CHOOSING = frozenset({"type", "style", "subtype", "response_type", "response_action"})


Limits: TypeAlias = Callable[[str, str, Mapping[str, Any]], Complaint | None]


def no_limits(kind: str, name: str, body: Mapping[str, Any]) -> None:
    """Leaves the judgement to the types alone."""


class Recorder:
    """Keeps one payload of every shape that broke no limit, and of the others what it broke.
    ``limits`` is given a payload's type, its method and its body."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits
        self.kept: dict[str, tuple[str, Any]] = {}
        self._beyond: list[str] = []

    def listen(self, traffic: Traffic) -> None:
        traffic.listeners.append(self.take)

    def take(self, entry: Entry) -> None:
        """Looks at an exchange, which is told of when it begins and when it ends."""
        kind, payload = _typed(entry)
        if not kind or not payload:
            return
        body = json.loads(json.dumps(payload))
        complaint = (self._limits or _complaint)(kind, entry.name, body)
        if complaint is not None:
            self._beyond.append(f"{entry.name}: {complaint.code} {complaint.messages}")
            return
        self.kept.setdefault(f"{kind} {_shape(body)}", (kind, body))

    def beyond_limits(self) -> list[str]:
        """What broke a limit since this was asked last, each once."""
        found, self._beyond = list(dict.fromkeys(self._beyond)), []
        return found

    def add(self, kept: Mapping[str, Iterable[Any]]) -> None:
        """Takes over what another process kept."""
        for name, (kind, body) in kept.items():
            self.kept.setdefault(name, (kind, body))

    def as_typescript(self) -> str:
        lines = [
            f"({json.dumps(body, ensure_ascii=False)}) satisfies {kind};"
            for kind, body in self.kept.values()
        ]
        return "\n".join([_OWN_TYPES, *lines])


SENT = Recorder()
"""Of every workplace that was opened in this run of the tests."""


def is_required() -> bool:
    """Whether a missing compiler is an error: ``REQUIRE_NODE=1``, or in CI."""
    return os.environ.get("REQUIRE_NODE") == "1" or bool(os.environ.get("CI"))


def require_compiler() -> None:
    """Skips a test without the compiler, or fails it where it is required."""
    if TSC.exists():
        return
    if is_required():
        pytest.fail(MISSING)
    pytest.skip(MISSING)


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


def _typed(entry: Entry) -> tuple[str, Any]:
    """The name of the type that a payload must meet, and the payload; no name for what is none."""
    if entry.direction == "to_bot":
        return _type_of_answer(entry.answer), entry.answer
    if entry.kind == "response_url":
        return "Response", entry.body
    if entry.kind == "method" and entry.name in ARGUMENTS:
        return f"(api.{ARGUMENTS[entry.name]} & OnlyKnown)", entry.body
    return "", None


def _type_of_answer(answer: Any) -> str:
    if not isinstance(answer, Mapping) or not answer:
        return ""
    if "response_action" in answer:
        return "FormAnswer"
    return "Options" if "options" in answer else "Response"


def _complaint(kind: str, name: str, body: Mapping[str, Any]) -> Complaint | None:
    if kind == "FormAnswer" or name.startswith("views."):
        return explain_view(body["view"]) if body.get("view") else None
    if name == "chat.update":
        return explain_update(body)
    if name in ("chat.postMessage", "chat.postEphemeral") or kind == "Response":
        return None if body.get("delete_original") else explain_message(body)
    return None


def _shape(value: Any, key: str = "") -> str:
    """Two payloads of one shape meet the same types."""
    if isinstance(value, dict):
        inside = ",".join(f"{name}:{_shape(value[name], name)}" for name in sorted(value))
        return f"{{{inside}}}"
    if isinstance(value, list):
        return f"[{'|'.join(sorted({_shape(one) for one in value}))}]"
    return repr(value) if key in _CHOOSING else type(value).__name__
