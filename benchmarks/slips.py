"""Slips of the keyboard: swap, drop, double or replace a letter by a neighbour on the keyboard."""

from __future__ import annotations

import random
from typing import Final

_KEY_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS: Final = {
    key: "".join(
        other
        for row, keys in enumerate(_KEY_ROWS)
        for column, other in enumerate(keys)
        if other != key and abs(row - own_row) <= 1 and abs(column - own_column) <= 1
    )
    for own_row, own_keys in enumerate(_KEY_ROWS)
    for own_column, key in enumerate(own_keys)
}


def with_slips(text: str, slips: int, chance: random.Random) -> str:
    """`text` with that many slips, each inside a different word of four letters or more.

    Han characters are typed by sound and not letter by letter, so they stay as they are.
    """
    pieces = text.split(" ")
    places = [at for at, piece in enumerate(pieces) if len(piece) >= 4 and piece.isascii()]
    for at in chance.sample(places, min(slips, len(places))):
        pieces[at] = _slipped(pieces[at], chance)
    return " ".join(pieces)


def _slipped(word: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(word) - 1)
    letter = word[place]
    match chance.randrange(4):
        case 0:
            return word[:place] + word[place + 1] + letter + word[place + 2 :]
        case 1:
            return word[:place] + word[place + 1 :]
        case 2:
            return word[:place] + letter + word[place:]
        case _:
            near = _NEIGHBOURS.get(letter.lower(), letter)
            return word[:place] + chance.choice(near) + word[place + 1 :]
