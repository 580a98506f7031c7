"""The pages of an installation, in the language the browser asks for."""

import pytest

from handlers.catalogue import Catalogue
from handlers.installing_pages import failed_page, installed_page, language_of
from knowledge.article import Language
from running.exchange import authorization_url


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", Language.EN),
        ("nl-NL,nl;q=0.9,en;q=0.8", Language.NL),
        ("de-DE,de;q=0.9,sv;q=0.8,en;q=0.7", Language.SV),
        ("en;q=0.1, zh-TW;q=0.2", Language.ZH_HANT),
        ("fr,*;q=0.5", Language.EN),
        ("nl;q=wrong, sv", Language.SV),
    ],
)
def test_the_language_is_the_first_of_ours_that_the_browser_accepts(
    accepted: str, language: Language
) -> None:
    assert language is language_of(accepted)


def test_names_from_slack_become_no_markup() -> None:
    say = Catalogue().sayer(Language.EN)
    name = "<script>alert(1)</script>"

    page = installed_page(say, Language.EN, "T1", name, is_configured=True)
    failed = failed_page(say, Language.EN, name)

    assert "<script>" not in page
    assert "<script>" not in failed
    assert "&lt;script&gt;" in page


def test_people_agree_beside_the_web_api() -> None:
    assert "https://slack.com/oauth/v2/authorize" == authorization_url("https://slack.com/api/")
