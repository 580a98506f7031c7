"""Faults on order: what may go wrong between Slack and a bot, by rule.

A rule names a Web API method (`chat.postMessage`), `*` for every method, `connect` for opening a
socket, `event`, `interaction` or `command` for deliveries, or one event by name (`app_mention`).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sandbox.conversation import Json
from sandbox.errors import ActRefused


class Fault(StrEnum):
    DROP = "drop"  # a delivery vanishes; a call is cut off before anything was done
    DELAY = "delay"  # `seconds` late
    DUPLICATE = "duplicate"  # delivered twice; a call is carried out twice
    RATELIMIT = "ratelimit"  # 429 with Retry-After `seconds`
    ERROR = "error"  # HTTP `status` (500), or `code` as Slack's error
    ERROR_AFTER = "error_after"  # carried out, and HTTP `status` (500) for an answer
    LOST_ANSWER = "lost_answer"  # carried out, and the connection cut before the answer
    RESET = "reset"  # the connection is cut


@dataclass(slots=True)
class Rule:
    """Strikes every `every`-th match, `times` times in all (without end when None)."""

    target: str
    fault: Fault
    times: int | None = None
    every: int = 1
    seconds: float = 1.0
    status: int = 500
    code: str | None = None
    channel: str | None = None
    matched: int = field(default=0)
    struck: int = field(default=0)

    @property
    def spent(self) -> bool:
        return self.times is not None and self.struck >= self.times

    def strikes(self) -> bool:
        self.matched += 1
        if self.spent or self.matched % self.every:
            return False
        self.struck += 1
        return True

    def as_json(self) -> Json:
        return {name: getattr(self, name) for name in self.__slots__}


class Faults:
    """The rules in force, in the order they were given."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def add(self, target: str, fault: Fault | str, **settings: Any) -> Rule:
        """Adds a rule; `settings` are the fields of `Rule`."""
        rule = Rule(target, Fault(fault), **settings)
        self.rules.append(rule)
        return rule

    def clear(self) -> None:
        self.rules.clear()

    def strike(self, *targets: str, channel: str | None = None) -> Rule | None:
        """The first rule that strikes one of the names of what is about to happen."""
        for rule in self.rules:
            wanted = rule.target in targets and rule.channel in (None, channel)
            if wanted and rule.strikes():
                return rule
        return None

    def as_json(self) -> list[Json]:
        return [rule.as_json() for rule in self.rules]


def read_rules(given: Any) -> list[tuple[str, Fault, Json]]:
    """Rules as the page sends them: `{method|"event", fault, times?, every?, seconds?, …}`."""
    rules: list[tuple[str, Fault, Json]] = []
    for rule in given if isinstance(given, list) else [given]:
        target = rule.get("method") or rule.get("event") or rule.get("target")
        names = ("times", "every", "seconds", "status", "code", "channel")
        settings = {name: rule[name] for name in names if rule.get(name) is not None}
        try:
            rules.append((str(target or "event"), Fault(rule.get("fault")), settings))
        except ValueError:
            known = ", ".join(Fault)
            raise ActRefused(
                "unknown_fault", f"There is no fault {rule.get('fault')!r}; known: {known}."
            ) from None
    return rules
