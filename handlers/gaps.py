"""``/signpost gaps``: what the knowledge base could not answer, for agents and admins."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from handlers.catalogue import Say
from handlers.commands import privately
from handlers.decision import Decision
from handlers.desk import Desk
from handlers.payloads import Commanded
from handlers.rich_text import rich_text, words
from handlers.roles import is_agent
from handlers.text import escaped, shortened
from handlers.ticket_words import button
from knowledge.article import Language, Library
from knowledge.gaps import MOST_EXAMPLES, Gap, gaps_of
from storage.outbox import Block, Content
from storage.question_log import questions_since

DAYS = 30
MOST_GROUPED = 1_500
"""Of more questions without an answer, the newest: within the time in which Slack waits."""
MOST_GAPS = 12
"""In one message, which has room for 50 blocks (docs.slack.dev/reference/block-kit/blocks)."""
EXAMPLE_SHOWN = 300


class GapAction(StrEnum):
    """Buttons beside a gap. Their value begins with the ids of its newest questions."""

    TEACH = "gap.teach"
    WRITE = "gap.write"


async def decide_gaps(commanded: Commanded, desk: Desk, now: datetime) -> Decision:
    """The gaps of the last ``DAYS`` days, the most asked first."""
    say = await desk.say_to(commanded.user, commanded.channel)
    if not await is_agent(commanded.user, desk):
        content = Content(say("refusal-agents-only"))
        return Decision(outbox=(privately(commanded, content, now),))
    asked = [one async for one in questions_since(desk.store, now, DAYS, commanded.team)]
    gaps = await asyncio.to_thread(gaps_of, asked, MOST_GROUPED)
    content = _content(gaps, len(asked), desk.knowledge.current.library, say)
    return Decision(outbox=(privately(commanded, content, now),))


def _content(gaps: tuple[Gap, ...], asked: int, library: Library, say: Say) -> Content:
    lead = say("gaps-lead", days=DAYS, asked=asked, gaps=len(gaps)) if gaps else say("gaps-none")
    blocks: list[Block] = [rich_text(words(lead))]
    lines = [lead]
    for gap in gaps[:MOST_GAPS]:
        counted = _counted(gap, library, say)
        quoted = [shortened(one, EXAMPLE_SHOWN) for one in gap.examples]
        lines += [*(f"- {escaped(one)}" for one in quoted), escaped(counted)]
        blocks += _blocks(gap, quoted, counted, say)
    return Content("\n".join(lines), tuple(blocks))


def _blocks(gap: Gap, quoted: list[str], counted: str, say: Say) -> Iterator[Block]:
    text = "\n".join(quoted)
    yield rich_text({"type": "rich_text_quote", "elements": [{"type": "text", "text": text}]})
    yield {"type": "context", "elements": [{"type": "plain_text", "text": counted}]}
    yield {"type": "actions", "elements": list(_buttons(gap, say))}


def _buttons(gap: Gap, say: Say) -> Iterator[Block]:
    if gap.nearest:
        value = f"{gap.questions[0]} {gap.nearest}"
        yield button(GapAction.TEACH, say("button-add-phrasing"), value)
    newest = " ".join(gap.questions[:MOST_EXAMPLES])
    yield button(GapAction.WRITE, say("button-write-article"), newest)


def _counted(gap: Gap, library: Library, say: Say) -> str:
    language = say(f"in-{gap.language}".lower())
    counts = say(
        "gaps-counts", unanswered=gap.unanswered, refused=gap.turned_down, language=language
    )
    title = _title(gap, library)
    advice = say("gaps-nearest", title=title) if title else say("gaps-new")
    return f"{counts} {advice}"


def _title(gap: Gap, library: Library) -> str | None:
    if gap.nearest is None:
        return None
    best = library.best_language(gap.nearest, gap.language, Language.EN)
    article = library.article(gap.nearest, best) if best else None
    return f"{article.title} ({article.id})" if article else None
