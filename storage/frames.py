"""The lines of a journal: ``crc sequence JSON``, one for each fsync.

The checksum is CRC-32 of ``sequence JSON`` in eight hexadecimal digits. The sequence starts at 0
with the header and grows by one a line. JSON never holds a raw line break, so a line break ends a
frame and nothing else does. A write that a power cut interrupted can therefore spoil the last line
only; whatever else is found spoiled was damaged later. Behind the last line there may be room for
the next ones: zero bytes, which no line holds.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import orjson

FORMAT = 1
"""The journal format this program writes, and the newest that it reads."""

PROGRAM = "signpost"

ROOM = b"\0"
"""What stands where nothing was written yet."""

_LOOKS_LIKE_A_FRAME = re.compile(rb"[0-9a-f]{8} \d+ [\[{]")


class NotAJournal(Exception):
    """The file does not start with the header of a journal."""


class NewerFormat(Exception):
    """The journal was written by a newer program."""


class Damaged(Exception):
    """A frame is spoiled though others follow it."""

    def __init__(self, offset: int, line: int) -> None:
        super().__init__(f"byte {offset}, line {line}")
        self.offset = offset
        self.line = line


@dataclass(frozen=True)
class Scan:
    """How a journal ends: the last good frame's sequence and end, and a torn rest, if any."""

    sequence: int
    end: int
    torn: bytes


def dump(value: object) -> bytes:
    """JSON of a value. Text that is not valid Unicode (half a surrogate pair) is escaped."""
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
    except orjson.JSONEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def load(content: bytes) -> Any:
    """What :func:`dump` was given, as JSON knows it."""
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return json.loads(content)


def frame(sequence: int, content: bytes) -> bytes:
    """One line of a journal."""
    body = b"%d %b" % (sequence, content)
    return b"%08x %b\n" % (crc32(body), body)


def header() -> bytes:
    """The first line of a journal."""
    return frame(0, dump({"program": PROGRAM, "format": FORMAT}))


def _opened(line: bytes) -> tuple[int, bytes] | None:
    """Sequence and content of a line without its break; ``None`` if it is spoiled."""
    crc, _, body = line.partition(b" ")
    if len(crc) != 8 or crc != b"%08x" % crc32(body):
        return None
    sequence, _, content = body.partition(b" ")
    return int(sequence), content


def _check_header(raw: bytes) -> int:
    """Where the header ends."""
    end = raw.find(b"\n")
    opened = _opened(raw[:end]) if end >= 0 else None
    if opened is None or opened[0] != 0 or not opened[1].startswith(b"{"):
        raise NotAJournal
    head = load(opened[1])
    if head.get("program") != PROGRAM or not isinstance(head.get("format"), int):
        raise NotAJournal
    if head["format"] > FORMAT:
        raise NewerFormat
    return end + 1


def _is_torn(rest: bytes) -> bool:
    """Whether this is one interrupted line, and not damage in front of good frames."""
    line = rest.removesuffix(b"\n")
    if b"\n" in line:
        return False
    starts = (match.start() for match in _LOOKS_LIKE_A_FRAME.finditer(line, 1))
    return all(_opened(line[start:]) is None for start in starts)


def scan(raw: bytes, each: Callable[[bytes], None]) -> Scan:
    """Hand the content of every frame behind the header to ``each``, in order.

    Raises ``NotAJournal``, ``NewerFormat`` or ``Damaged``. A torn last line is left out, and
    returned.
    """
    raw = raw.rstrip(ROOM)
    position, sequence = _check_header(raw), 0
    while position < len(raw):
        end = raw.find(b"\n", position)
        opened = _opened(raw[position:end]) if end >= 0 else None
        if opened is None and _is_torn(raw[position:]):
            break
        if opened is None or opened[0] != sequence + 1:
            raise Damaged(position, sequence + 2)
        each(opened[1])
        position, sequence = end + 1, opened[0]
    return Scan(sequence, position, raw[position:])
