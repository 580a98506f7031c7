"""Every text stands in every language, with the same placeholders, and without markup."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import Junk, Message, VariableReference
from fluent.syntax.visitor import Visitor

from handlers.catalogue import LOCALES, Catalogue
from knowledge.article import Language

HANDLERS = LOCALES.parent


def messages(language: Language) -> dict[str, Message]:
    resource = FluentParser().parse((LOCALES / f"{language}.ftl").read_text("utf-8"))
    assert not [entry for entry in resource.body if isinstance(entry, Junk)]
    entries = [entry for entry in resource.body if isinstance(entry, Message)]
    assert len(entries) == len({entry.id.name for entry in entries}), "a key stands twice"
    return {entry.id.name: entry for entry in entries}


class Placeholders(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: VariableReference) -> None:  # noqa: N802
        self.names.add(node.id.name)


def placeholders(message: Message) -> set[str]:
    visitor = Placeholders()
    visitor.visit(message)
    return visitor.names


def texts() -> Iterator[tuple[Language, str, str]]:
    catalogue = Catalogue()
    for language in Language:
        for key, message in messages(language).items():
            values = dict.fromkeys(placeholders(message), "x")
            yield language, key, catalogue.text(key, language, **values)


@pytest.mark.parametrize("language", Language)
def test_every_language_has_every_key(language: Language) -> None:
    assert set(messages(Language.EN)) == set(messages(language))


@pytest.mark.parametrize("language", Language)
def test_a_text_has_the_same_placeholders_in_every_language(language: Language) -> None:
    here, english = messages(language), messages(Language.EN)

    for key, message in english.items():
        assert placeholders(message) == placeholders(here[key]), key


def test_no_text_carries_markup_or_stray_spaces() -> None:
    for language, key, text in texts():
        assert not re.search(r"[<>*`]|\]\(|https?://|  ", text), f"{language}: {key}"
        assert text.strip() == text, f"{language}: {key}"


def test_labels_of_buttons_fit() -> None:
    for language, key, text in texts():
        assert not key.startswith("button-") or len(text) <= 30, f"{language}: {key}"


def test_an_unknown_key_is_shown_rather_than_raised() -> None:
    assert "no-such-key" == Catalogue().text("no-such-key", Language.SV)


def test_every_key_is_used_by_a_handler() -> None:
    source = "".join(path.read_text("utf-8") for path in sorted(HANDLERS.rglob("*.py")))
    made_of_values = (
        *("smalltalk-", "refusal-", "in-", "outcome-"),
        *("ticket-", "button-", "form-title-", "form-visibility-", "lesson-", "draft-", "spike-"),
    )

    for key in messages(Language.EN):
        used = f'"{key}"' in source or key.startswith(made_of_values)
        assert used, f"nobody says {key}"


def test_the_files_are_those_of_the_languages() -> None:
    assert {f"{language}.ftl" for language in Language} == {
        path.name for path in Path(LOCALES).glob("*.ftl")
    }
