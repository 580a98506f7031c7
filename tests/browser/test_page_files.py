"""What can be read off the page's files without a browser."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "sandbox" / "page"


def test_every_word_the_page_uses_is_in_the_catalogue() -> None:
    english = (PAGE / "words-en.js").read_text(encoding="utf-8")
    known = set(re.findall(r'^  "([a-z._]+)":', english, re.MULTILINE))
    scripts = [one for one in PAGE.glob("*.js") if not one.name.startswith("words")]

    used = {
        key
        for script in scripts
        for key in re.findall(r'\bt\("([a-z._]+)"', script.read_text(encoding="utf-8"))
    }

    assert set() == used - known


def test_the_page_parses_no_markup_and_holds_no_inline_handler() -> None:
    forbidden = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(")
    inline = re.compile(r"\son\w+=|style=|<script(?![^>]*src=)")

    scripts = {one.name: one.read_text(encoding="utf-8") for one in PAGE.glob("*.js")}
    index = (PAGE / "index.html").read_text(encoding="utf-8")

    assert [] == [name for name, text in scripts.items() if forbidden.search(text)]
    assert None is inline.search(index)
