"""Markdown of articles as Slack's rich text, and as plain words.

Rich text rather than mrkdwn: its styles do not depend on spaces around a word, which Chinese does
not have, and nothing in it is parsed for mentions (docs.slack.dev/reference/block-kit/blocks/
rich-text-block).
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from handlers.text import unescaped
from storage.outbox import Block

_MARKDOWN = MarkdownIt("commonmark")

_LIVE = re.compile(
    r"<(?:@(?P<user>[A-Z0-9]+)|#(?P<channel>[A-Z0-9]+)"
    r"|!date\^(?P<moment>\d+)\^(?P<format>[^<>|^]+)\|(?P<fallback>[^<>]*)"
    r"|(?P<url>https?://[^<>|]+)(?:\|(?P<label>[^<>]*))?)>"
)
"""docs.slack.dev/messaging/formatting-message-text, as far as we write it ourselves."""

REMEMBERED = 4_096
"""Texts; the same articles are shown again and again."""


def rich_text(*elements: dict[str, Any]) -> Block:
    """One rich text block of such elements."""
    return {"type": "rich_text", "elements": list(elements)}


def words(text: str, **style: bool) -> dict[str, Any]:
    """A section with one run of text that nothing is parsed in."""
    return {"type": "rich_text_section", "elements": [_run(text, style)]}


def live(text: str) -> dict[str, Any]:
    """A section of a ``text`` field: people, channels, dates and links in it stay live, and stars,
    backticks or a leading ``>`` are no formatting. What people wrote is escaped in ``text``."""
    runs = [run for run in _live_runs(text) if run.get("text") != ""]
    return {"type": "rich_text_section", "elements": runs or [_run(" ", {})]}


def _live_runs(text: str) -> Iterator[dict[str, Any]]:
    end = 0
    for found in _LIVE.finditer(text):
        yield _run(unescaped(text[end : found.start()]), {})
        yield _live_run(found)
        end = found.end()
    yield _run(unescaped(text[end:]), {})


def _live_run(found: re.Match[str]) -> dict[str, Any]:
    if found["user"]:
        return {"type": "user", "user_id": found["user"]}
    if found["channel"]:
        return {"type": "channel", "channel_id": found["channel"]}
    if found["moment"]:
        return {
            "type": "date",
            "timestamp": int(found["moment"]),
            "format": found["format"],
            "fallback": unescaped(found["fallback"]),
        }
    link: dict[str, Any] = {"type": "link", "url": unescaped(found["url"])}
    return {**link, "text": unescaped(found["label"])} if found["label"] else link


@lru_cache(maxsize=REMEMBERED)
def from_markdown(text: str) -> tuple[dict[str, Any], ...]:
    """The elements of a rich text block for paragraphs, headings, lists, bold, italic, code and
    links; other Markdown comes out as its text."""
    tree = SyntaxTreeNode(_MARKDOWN.parse(text))
    return tuple(_spaced([element for node in tree.children for element in _block(node)]))


@lru_cache(maxsize=REMEMBERED)
def as_plain_text(text: str) -> str:
    """Markdown as plain words, for the ``text`` of a message, which is what screen readers read."""
    tree = SyntaxTreeNode(_MARKDOWN.parse(text))
    return "\n".join(line for node in tree.children for line in _lines(node, ""))


def _block(node: SyntaxTreeNode) -> Iterator[dict[str, Any]]:
    if node.type in ("bullet_list", "ordered_list"):
        yield from _list(node, 0)
    elif node.type == "heading":
        yield _section(node, bold=True)
    elif node.type in ("fence", "code_block"):
        yield {
            "type": "rich_text_preformatted",
            "elements": [_run(node.content.rstrip("\n"), {})],
        }
    elif node.type == "blockquote":
        for child in node.children:
            yield from _block(child)
    else:
        yield _section(node)


def _section(node: SyntaxTreeNode, **style: bool) -> dict[str, Any]:
    """Never empty, which Slack would refuse."""
    runs = list(_inline(node, style)) or [_run(" ", {})]
    return {"type": "rich_text_section", "elements": runs}


def _list(node: SyntaxTreeNode, indent: int) -> Iterator[dict[str, Any]]:
    style = "ordered" if node.type == "ordered_list" else "bullet"
    items: list[dict[str, Any]] = []
    done = 0
    for item in node.children:
        paragraphs = [one for one in item.children if "list" not in one.type]
        elements = [run for one in paragraphs for run in _inline(one, {})]
        items.append({"type": "rich_text_section", "elements": elements or [_run(" ", {})]})
        for inner in (one for one in item.children if "list" in one.type):
            yield _list_element(style, indent, items, done)
            done, items = done + len(items), []
            yield from _list(inner, indent + 1)
    if items:
        yield _list_element(style, indent, items, done)


def _list_element(
    style: str, indent: int, items: list[dict[str, Any]], offset: int
) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "rich_text_list", "style": style, "elements": items}
    if indent:
        element["indent"] = indent
    if offset:
        element["offset"] = offset
    return element


def _inline(node: SyntaxTreeNode, style: dict[str, bool]) -> Iterator[dict[str, Any]]:
    for child in node.children:
        if child.type == "strong":
            yield from _inline(child, {**style, "bold": True})
        elif child.type == "em":
            yield from _inline(child, {**style, "italic": True})
        elif child.type == "link":
            yield _link(child, style)
        elif child.type in ("softbreak", "hardbreak"):
            yield _run("\n", {})
        elif child.type == "code_inline":
            yield _run(child.content, {**style, "code": True})
        elif child.children:
            yield from _inline(child, style)
        elif child.content:
            yield _run(child.content, style)


def _link(node: SyntaxTreeNode, style: dict[str, bool]) -> dict[str, Any]:
    link: dict[str, Any] = {"type": "link", "url": node.attrs["href"], "text": _text_of(node)}
    return {**link, "style": style} if style else link


def _run(text: str, style: dict[str, bool]) -> dict[str, Any]:
    run: dict[str, Any] = {"type": "text", "text": text}
    return {**run, "style": style} if style else run


def _spaced(elements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Paragraphs end in a line break of their own; lists bring theirs."""
    for element, following in pairwise(elements):
        if element["type"] == "rich_text_section":
            closing = "\n" if following["type"] == "rich_text_list" else "\n\n"
            element["elements"].append(_run(closing, {}))
    return elements


def _text_of(node: SyntaxTreeNode) -> str:
    if node.type in ("softbreak", "hardbreak"):
        return " "
    if not node.children:
        return node.content
    return "".join(_text_of(child) for child in node.children)


def _lines(node: SyntaxTreeNode, lead: str) -> Iterator[str]:
    if node.type in ("bullet_list", "ordered_list"):
        for number, item in enumerate(node.children, 1):
            mark = f"{number}." if node.type == "ordered_list" else "-"
            inner = [line for child in item.children for line in _lines(child, lead + "  ")]
            first, rest = (inner[0], inner[1:]) if inner else ("", [])
            yield f"{lead}{mark} {first.strip()}".rstrip()
            yield from rest
    elif node.type == "inline" or node.type in ("paragraph", "heading"):
        yield lead + _text_with_addresses(node)
    else:
        yield lead + _text_of(node).rstrip("\n")


def _text_with_addresses(node: SyntaxTreeNode) -> str:
    if node.type == "link":
        return f"{_text_of(node)} ({node.attrs['href']})"
    if node.children:
        return "".join(_text_with_addresses(child) for child in node.children)
    return _text_of(node)
