"""Errors of the store.

StoreError
├── Duplicate          the thing was handled before: a dedupe key is already taken
├── Conflict           a record is not at the version the commit expected
├── StoreUnavailable   the store cannot answer now; nothing was changed, try again
└── StoreRefused       the store cannot be used as configured; says what to do
    └── StoreNotReached    no server answers there now; it may yet
"""


class StoreError(Exception):
    """Base of every error that the store raises."""


class Duplicate(StoreError):
    """A dedupe key of the commit is already taken, so the commit changed nothing."""

    def __init__(self, key: str) -> None:
        super().__init__(f"already handled: {key}")
        self.key = key


class Conflict(StoreError):
    """A record was not at the expected version, so the commit changed nothing."""

    def __init__(self, kind: str, record_id: str, expected: int, found: int) -> None:
        super().__init__(f"{kind} {record_id} is at version {found}, not {expected}")
        self.kind = kind
        self.record_id = record_id
        self.expected = expected
        self.found = found


class StoreUnavailable(StoreError):
    """The store did not answer; whoever asked may try again, nothing was acknowledged."""


class StoreRefused(StoreError):
    """The store cannot be used as configured; the message says where and what to do."""


class StoreNotReached(StoreRefused):
    """No server answers at the place named, or one that is still starting: waiting may help."""
