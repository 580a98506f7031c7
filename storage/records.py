"""Records: what a kind of record is, and how the store hands one out.

A record is a frozen dataclass that stands beside its rules (``knowledge``, ``helpdesk``,
``rollout``). Its kind says under which name it is kept and by which values it can be found; the
engines know nothing more, so a new kind or index needs no change in them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from pydantic import TypeAdapter


class Record(Protocol):
    """What every record has: an id, unique within its kind, and the Slack team it belongs to."""

    @property
    def id(self) -> str: ...

    @property
    def team(self) -> str: ...


R = TypeVar("R", bound=Record)

NEW = 0
"""The expected version of a record that must not exist yet."""


@dataclass(frozen=True)
class RecordKind(Generic[R]):
    """One kind of record.

    ``name`` is its name in the store, ``record`` its frozen dataclass, and ``indexes`` maps an
    index name to a function that gives the value to find a record by (``None``: not in that index).
    """

    name: str
    record: type[R]
    indexes: Mapping[str, Callable[[R], str | None]] = field(default_factory=dict)
    _adapter: TypeAdapter[R] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_adapter", TypeAdapter(self.record))

    def to_json(self, record: R) -> dict[str, Any]:
        """The record as JSON-ready values (dates as ISO 8601 text)."""
        body: dict[str, Any] = self._adapter.dump_python(record, mode="json")
        return body

    def from_json(self, body: object) -> R:
        """The record that :meth:`to_json` gave; else raises ``pydantic.ValidationError``."""
        return self._adapter.validate_python(body)

    def index_values(self, record: R) -> dict[str, str]:
        """Index name to value, for the indexes the record stands in."""
        values = {name: value_of(record) for name, value_of in self.indexes.items()}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True)
class Stored(Generic[R]):
    """A record as the store holds it, with the version to expect when it is written again."""

    record: R
    version: int
