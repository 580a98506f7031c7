"""The list of enrolled devices, as Intune exports it: who has enrolled which platform, when.

The columns are those of "Devices > All devices > Export" in the Intune admin center, and those of
``managedDevice`` in Microsoft Graph (learn.microsoft.com/graph/api/resources/
intune-devices-manageddevice). Only the address is needed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from rollout.errors import Finding, Severity, TableRefused
from rollout.tables import Row, read_table
from rollout.words import DateRefused, read_day

_ADDRESSES = (
    "primaryuserupn",
    "primaryuseremailaddress",
    "userprincipalname",
    "upn",
    "emailaddress",
    "useremail",
    "email",
    "mail",
    "user",
)
_PLATFORMS = ("os", "operatingsystem", "platform", "devicetype")
_DATES = ("enrollmentdate", "enrolleddatetime", "enrolleddate", "enrolled", "date")
_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+$")
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?(?:Z|\+00:00)?$"
)
LONGEST_ADDRESS = 254
"""RFC 5321, section 4.5.3.1.3, as RFC 3696's erratum 1690 reads it."""


@dataclass(frozen=True)
class Device:
    """One line: the address in lower case, the platform as written, and when it enrolled (UTC)
    where the list tells."""

    line: int
    address: str
    platform: str = ""
    enrolled_at: datetime | None = None


@dataclass(frozen=True)
class DeviceList:
    """``people`` maps address to the first of the person's devices; ``devices`` counts the lines
    that were read, ``without_user`` those of devices that belong to nobody. ``findings`` name every
    line that was left out, or read in part."""

    people: Mapping[str, Device]
    devices: int
    without_user: int
    findings: tuple[Finding, ...]


def read_devices(content: bytes, file: str, now: datetime) -> DeviceList:
    """The people of a list in CSV. A line without a usable address is left out and named; one whose
    date cannot be read, or lies in the future, counts all the same, without its date. Raises
    ``TableRefused`` for what is no such list."""
    rows = read_table(content, file)
    columns = _Columns.of(rows[0], file)
    reading = _Reading(file, now)
    for row in rows[1:]:
        reading.take(row, columns)
    return DeviceList(
        reading.people, reading.devices, reading.without_user, tuple(reading.findings)
    )


@dataclass(frozen=True)
class _Columns:
    addresses: tuple[int, ...]
    platform: int | None
    day: int | None

    @classmethod
    def of(cls, header: Row, file: str) -> _Columns:
        names = [re.sub(r"[^a-z]", "", cell.casefold()) for cell in header.cells]
        addresses = _places(names, _ADDRESSES)
        if not addresses:
            problem = "no column has the people's addresses"
            expected = "a column such as Primary user UPN, User principal name or E-mail"
            raise TableRefused((Finding(file, header.line, "", problem, expected),))
        platforms, days = _places(names, _PLATFORMS), _places(names, _DATES)
        return cls(addresses, next(iter(platforms), None), next(iter(days), None))


def _places(names: Sequence[str], wanted: Sequence[str]) -> tuple[int, ...]:
    """Where the wanted columns stand, the surest first."""
    return tuple(names.index(name) for name in wanted if name in names)


class _Reading:
    """Lines taken in one after the other."""

    def __init__(self, file: str, now: datetime) -> None:
        self._file = file
        self._now = now
        self.people: dict[str, Device] = {}
        self.devices = 0
        self.without_user = 0
        self.findings: list[Finding] = []

    def take(self, row: Row, columns: _Columns) -> None:
        written = [row.cell(one) for one in columns.addresses if row.cell(one)]
        if not written:
            self.without_user += 1
            return
        address = next((one for one in written if _is_address(one)), "")
        if not address:
            problem = f"{written[0][:80]!r} is not an address; the line is left out"
            self._find(row, "address", problem, "such as name@example.com", Severity.ERROR)
            return
        self.devices += 1
        device = Device(
            line=row.line,
            address=address.casefold(),
            platform="" if columns.platform is None else row.cell(columns.platform)[:80],
            enrolled_at=None if columns.day is None else self._day(row, columns.day),
        )
        known = self.people.get(device.address)
        self.people[device.address] = _first(known, device) if known else device

    def _day(self, row: Row, column: int) -> datetime | None:
        text = row.cell(column)
        if not text:
            return None
        try:
            at = _moment(text, self._now.year)
        except (DateRefused, ValueError) as problem:
            says = f"{problem}; the line counts without its date"
            self._find(row, "date", says, "such as 2027-07-20 09:30", Severity.WARNING)
            return None
        if at > self._now:
            says = f"{text!r} lies in the future; the line counts without its date"
            self._find(row, "date", says, "", Severity.WARNING)
            return None
        return at

    def _find(self, row: Row, field: str, problem: str, expected: str, severity: Severity) -> None:
        self.findings.append(Finding(self._file, row.line, field, problem, expected, severity))


def _is_address(text: str) -> bool:
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.match(text) is not None


def _moment(text: str, year: int) -> datetime:
    """Moments without a zone are UTC, as the export writes them."""
    if found := _MOMENT.match(text):
        day = date.fromisoformat(found[1])
        return datetime.combine(day, time(int(found[2]), int(found[3]), int(found[4] or 0)), UTC)
    return datetime.combine(read_day(text, year), time(0), UTC)


def _first(one: Device, other: Device) -> Device:
    """A person with several devices enrolled when the first of them did."""
    dated = [device for device in (one, other) if device.enrolled_at]
    if len(dated) < 2:
        return dated[0] if dated else one
    first = min(dated, key=lambda device: device.enrolled_at or datetime.max.replace(tzinfo=UTC))
    platforms = dict.fromkeys(device.platform for device in (one, other) if device.platform)
    return replace(first, platform=" + ".join(platforms)[:80])
