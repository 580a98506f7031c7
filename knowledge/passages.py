"""An article's own text as a few passages, which lend their words to its phrasings."""

from __future__ import annotations

import re
from typing import Final

MOST_PASSAGES: Final = 12
_SHORTEST_SENTENCE: Final = 8
_ADDRESS: Final = re.compile(r"https?://\S+")
_SENTENCE_END: Final = re.compile("[.!?\n\u3002\uff01\uff1f]+")


def passages(body: str) -> tuple[str, ...]:
    """The sentences of a Markdown body, neighbours joined into at most twelve passages."""
    pieces = _SENTENCE_END.split(_ADDRESS.sub(" ", body))
    sentences = [one for piece in pieces if len(one := piece.strip()) > _SHORTEST_SENTENCE]
    together = max(1, -(-len(sentences) // MOST_PASSAGES))
    return tuple(
        " ".join(sentences[start : start + together])
        for start in range(0, len(sentences), together)
    )
