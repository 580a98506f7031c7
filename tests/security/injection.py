"""Text that tries to be more than text, and what would show that it succeeded."""

import json
import re
from collections.abc import Iterator
from typing import Any

from sandbox.traffic import Entry, Traffic

VICTIM = "U0WEI"
"""Takes no part in any test, so that no message of ours has a reason to mention them."""
TRAP = "https://trap.example/x"

PINGS = (
    "<!channel> <!here> <!everyone> <!channel|all> &lt;!channel&gt;"
    f" <!subteam^S0TIER3> <!subteam^S0TIER3|@tier3> <@{VICTIM}> <@{VICTIM}|wei>"
)
LINKS = f"<{TRAP}|your bank> <{TRAP}> [your bank]({TRAP})"
MARKUP = "*zqbold* _zqitalic_ ~zqstruck~ `zqcode`\n> zqquote"
PLACEABLES = '{ $name } { "zq" } { $number -> *[other] zq }'
HIDDEN = "zq\u202ereversed\u202c \u2066isolated\u2069 zero\u200bwidth \ufeff\u2028"
BLOCKS = '[{"type": "section", "text": {"type": "mrkdwn", "text": "<!channel>"}}]'
FORMULA = "=cmd|' /C calc'!A0"

CORPUS = f"{FORMULA} zqmark {PINGS} {LINKS} {MARKUP} {PLACEABLES} {HIDDEN} {BLOCKS}"
ONE_LINE = CORPUS.replace("\n", " ")
LONG = "zqlong " + "測 " * 20_000

_LIVE = re.compile(rf"<!|<@{VICTIM}|<{re.escape(TRAP)}|<[^<>]*\|your bank>")
_FORMATTED = re.compile(r"\*zqbold\*|_zqitalic_|~zqstruck~|`zqcode`|(?m:^> ?zqquote)")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\ufeff\u2028\u2029]")
_ELEMENTS = ("broadcast", "usergroup", "user", "link")
_DATE = re.compile(r"<!date\^\d+\^[^<>|]*\|[^<>]*>")
"""Ours: moments in every reader's own zone."""


class Watcher:
    """Hears everything that the bot sends to Slack."""

    def __init__(self, traffic: Traffic) -> None:
        self.sent: list[Entry] = []
        traffic.listeners.append(self._hear)

    def _hear(self, entry: Entry) -> None:
        if entry.direction == "from_bot" and entry not in self.sent:
            self.sent.append(entry)

    @property
    def harm(self) -> list[str]:
        """What would ping, lead astray or be formatted; empty when all of it stayed text."""
        return sorted({f"{one.name}: {harm}" for one in self.sent for harm in harms_in(one.body)})

    def showed(self, words: str) -> bool:
        """Whether the words stood in something that was sent."""
        return any(words in json.dumps(one.body, ensure_ascii=False) for one in self.sent)


def harms_in(body: Any) -> Iterator[str]:
    """The harm in the arguments of a call."""
    whole = json.loads(body) if isinstance(body, str) and body[:1] == "{" else body
    if not isinstance(whole, dict):
        return
    blocks = [_read(whole.get(name)) for name in ("blocks", "view", "attachments")]
    if isinstance(whole.get("text"), str):
        yield from _live_in(whole["text"], "text", formatted=not whole.get("blocks"))
    for block in blocks:
        yield from _in_blocks(block, "block")


def _read(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value else value


def _in_blocks(value: Any, where: str) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _in_blocks(one, where)
    if not isinstance(value, dict):
        return
    if value.get("type") == "mrkdwn":
        yield from _live_in(str(value["text"]), "mrkdwn", formatted=True)
    elif value.get("type") in ("plain_text", "text"):
        yield from _hidden_in(str(value["text"]))
    elif value.get("type") in _ELEMENTS:
        yield from _element(value)
    for name, one in value.items():
        if name != "private_metadata":
            yield from _in_blocks(one, where)


def _element(value: dict[str, Any]) -> Iterator[str]:
    named = value.get("user_id") == VICTIM or value.get("usergroup_id") or value.get("range")
    if named or str(value.get("url", "")).startswith(TRAP):
        yield f"a live {value['type']}"


def _live_in(text: str, where: str, *, formatted: bool) -> Iterator[str]:
    yield from (f"{one} in {where}" for one in _LIVE.findall(_DATE.sub("", text)))
    if formatted:
        yield from (f"{one} in {where}" for one in _FORMATTED.findall(text))
    yield from _hidden_in(text)


def _hidden_in(text: str) -> Iterator[str]:
    yield from (f"U+{ord(one):04X}" for one in _DIRECTION.findall(text))
