"""Changed files are taken up while running, all or nothing."""

from pathlib import Path

import pytest

from knowledge.article import Language
from knowledge.errors import KnowledgeInvalid
from knowledge.language import _identifier
from knowledge.matching import Matcher, Outcome, Query
from knowledge.watching import Knowledge
from tests.knowledge.samples import write_article, write_workshop


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_workshop(tmp_path / "faq")
    return tmp_path / "faq"


def test_nothing_changed_is_nothing_reloaded(folder: Path) -> None:
    knowledge = Knowledge(folder)
    before = knowledge.current

    assert not knowledge.reload_if_changed().changed
    assert before is knowledge.current


def test_a_new_article_answers_after_the_reload(folder: Path) -> None:
    knowledge = Knowledge(folder)
    write_article(folder, "en/bell.md", title="Bell", phrasings="[my bell is silent, no ring]")

    reload = knowledge.reload_if_changed()

    assert reload.changed
    assert Outcome.ANSWER is knowledge.current.matcher.match(Query("my bell is silent")).outcome


def test_a_broken_file_keeps_the_last_good_state_and_is_reported_once(folder: Path) -> None:
    knowledge = Knowledge(folder)
    before = knowledge.current
    path = write_article(folder, "en/bell.md", platforms="[amiga]")

    first, second = knowledge.reload_if_changed(), knowledge.reload_if_changed()

    assert (False, [path]) == (first.changed, [finding.path for finding in first.findings])
    assert () == second.findings
    assert before is knowledge.current


def test_a_mended_file_is_taken_up(folder: Path) -> None:
    knowledge = Knowledge(folder)
    write_article(folder, "en/bell.md", platforms="[amiga]")
    knowledge.reload_if_changed()
    write_article(folder, "en/bell.md", platforms="[windows]")

    assert knowledge.reload_if_changed().changed


def test_a_vanished_folder_keeps_the_last_good_state(folder: Path) -> None:
    knowledge = Knowledge(folder)
    folder.rename(folder.with_name("elsewhere"))

    reload = knowledge.reload_if_changed()

    assert not reload.changed
    assert 1 == len(reload.findings)
    assert 8 == len(knowledge.current.library)


def test_a_changed_company_value_is_taken_up(folder: Path) -> None:
    company = folder.parent / "company.yaml"
    company.write_text("phone: 1\n")
    write_article(folder, "en/bell.md", body="Call {{phone}}.")
    knowledge = Knowledge(folder, company)
    company.write_text("phone: 22\n")

    assert knowledge.reload_if_changed().changed
    article = knowledge.current.library.article("bell", Language.EN)
    assert "Call 22." == (article.body if article else None)


def test_learned_phrasings_survive_a_reload(folder: Path) -> None:
    def teach(matcher: Matcher) -> None:
        matcher.learn("lost-key", Language.EN, "thingamajig kaputt")

    knowledge = Knowledge(folder, after_load=teach)
    write_article(folder, "en/bell.md")
    knowledge.reload_if_changed()

    match = knowledge.current.matcher.match(Query("thingamajig kaputt"))
    assert "lost-key" == (match.best.article_id if match.best else None)


def test_a_broken_folder_at_the_first_load_raises(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeInvalid):
        Knowledge(tmp_path / "missing")


def test_nobody_waits_for_the_language_model(folder: Path) -> None:
    _identifier.cache_clear()

    Knowledge(folder)

    assert 1 == _identifier.cache_info().currsize
