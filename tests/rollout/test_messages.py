"""Messages in four languages, filled in, and what the check says of them."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowledge.article import Language
from rollout.checking import LONGEST, Circumstances, Flaw, check_draft
from rollout.errors import TemplateInvalid
from rollout.messages import (
    TEMPLATES,
    Message,
    filled,
    marked,
    read_message,
    split_at_dates,
    template,
    template_names,
    with_dates,
)
from rollout.rehearsal import rehearsal, shown
from rollout.schedule import schedule
from rollout.values import Company, unknown_fields, values_for
from tests.rollout.plans import sample, small

NOW = datetime(2027, 7, 1, 9, tzinfo=UTC)
COMPANY = Company({"company_name": "Northwind Rehearsal", "helpdesk_phone": None})
GOOD = Message("Title", "Body", "Do it", "Ask me")
PLAIN = Circumstances("Ada Ashby", True, 1, frozenset({Language.EN}))


def flaws(message: Message, circumstances: Circumstances = PLAIN) -> list[Flaw]:
    return [one.flaw for one in check_draft({Language.EN: message}, circumstances)]


@pytest.mark.parametrize("language", Language)
def test_every_template_stands_in_every_language_with_known_fields(language: Language) -> None:
    for name in template_names():
        assert () == unknown_fields(template(name, language), COMPANY), f"{language}/{name}"
    assert set(template_names()) == {path.stem for path in (TEMPLATES / language).glob("*.md")}


@pytest.mark.parametrize("language", Language)
def test_every_message_of_the_sample_plan_passes_the_check(language: Language) -> None:
    plan = sample()
    result = schedule(plan)

    for one in result.announcements:
        message = shown(one, language, plan, result, COMPANY)
        found = check_draft({language: message}, replace(PLAIN, needed=frozenset({language})))
        assert () == found, f"{language}/{one.id}"
        assert "{{" not in "".join(message.parts)


def test_a_message_without_flaws_passes() -> None:
    assert [] == flaws(GOOD)


def test_the_length_is_limited_on_the_character() -> None:
    room = LONGEST - GOOD.length + len(GOOD.body)

    assert [] == flaws(replace(GOOD, body="x" * room))
    assert [Flaw.TOO_LONG] == flaws(replace(GOOD, body="x" * (room + 1)))


@pytest.mark.parametrize(
    ("message", "flaw"),
    [
        (replace(GOOD, title=" "), Flaw.NO_TITLE),
        (replace(GOOD, action=""), Flaw.NO_ACTION),
        (replace(GOOD, action="Do this\nand that"), Flaw.SEVERAL_ACTIONS),
        (replace(GOOD, body="Body\n→ and do that"), Flaw.SEVERAL_ACTIONS),
        (replace(GOOD, help=""), Flaw.NO_HELP),
        (replace(GOOD, body="Hello {{groop}}"), Flaw.BLANK),
        (replace(GOOD, body="on ____"), Flaw.BLANK),
        (replace(GOOD, body="on BLANK"), Flaw.BLANK),
        (replace(GOOD, body="@channel read this"), Flaw.EVERYONE),
        (replace(GOOD, body="<!everyone> read this"), Flaw.EVERYONE),
    ],
)
def test_a_flaw_is_found(message: Message, flaw: Flaw) -> None:
    assert [flaw] == flaws(message)


def test_the_sponsor_is_needed_on_the_first_message_of_a_group_only() -> None:
    nobody = replace(PLAIN, sponsor="")

    assert [Flaw.NO_SPONSOR] == flaws(GOOD, nobody)
    assert [] == flaws(GOOD, replace(nobody, first_of_group=False))


def test_channels_and_their_languages_are_needed() -> None:
    assert [Flaw.NO_AUDIENCE] == flaws(GOOD, replace(PLAIN, channels=0))
    both = frozenset({Language.EN, Language.NL})
    assert [Flaw.LANGUAGE_MISSING] == flaws(GOOD, replace(PLAIN, needed=both))


def test_mentioning_everyone_can_be_confirmed() -> None:
    loud = replace(GOOD, body="@here read this")

    assert [] == flaws(loud, replace(PLAIN, everyone_confirmed=True))


def test_a_line_with_an_unknown_value_is_left_out() -> None:
    message = Message("T", "First\nCall {{helpdesk_phone}}\nLast", "A", "H")

    assert "First\nLast" == filled(message, {"helpdesk_phone": ""}).body


def test_a_moment_is_a_mark_until_it_is_shown() -> None:
    message = filled(Message("On {{date}}!", "B", "A", "H"), {"date": NOW})

    assert ["On ", NOW, "!"] == split_at_dates(message.title)
    assert "On 2027!" == with_dates(message.title, lambda at: str(at.year))
    assert marked(NOW) in message.title


def test_the_company_speaks_each_language_or_english() -> None:
    company = Company({"helpdesk_hours": {"en": "8 to 17", "nl": "8 tot 17"}})

    assert "8 tot 17" == company.value("helpdesk_hours", Language.NL)
    assert "8 to 17" == company.value("helpdesk_hours", Language.SV)
    assert "" == company.value("unknown", Language.EN)


def test_a_company_file_that_is_not_yaml_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "company.yaml"
    broken.write_text("a: [", "utf-8")

    with pytest.raises(TemplateInvalid):
        Company.load(broken)
    assert {} == Company.load(None).values


def test_a_group_reads_its_own_name_and_date() -> None:
    plan = small()
    result = schedule(plan)

    values = values_for(plan.groups[1], NOW, Language.EN, plan, result, COMPANY)

    assert ("IT", 20) == (values["group"], values["start_date"].day)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    ["", "no fences", "---\ntitle: [\n---\nbody", "---\ntitle: T\n---\nbody", "---\ntitle: T\n"],
)
def test_a_broken_template_is_refused(text: str) -> None:
    with pytest.raises(TemplateInvalid, match=r"broken\.md"):
        read_message(text, "broken.md")


def test_a_template_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TemplateInvalid, match=r"en/none\.md"):
        template("none", Language.EN)


def test_the_rehearsal_posts_every_announcement_in_its_channel_at_its_date() -> None:
    played = rehearsal(sample(), COMPANY)

    assert "2027-07-06 09:00 kickoff-all in C0GENERAL, by Ada Ashby" in played
    assert "2027-10-26 09:00 post-enrollment-hr-finance-and-executives in C0HR" in played
    assert played.endswith("17 announcements, 17 messages in channels\n")
    assert "check:" not in played


def test_the_rehearsal_says_what_the_check_would_say() -> None:
    plan = small()
    nameless = replace(plan, sponsor=replace(plan.sponsor, name=""))

    assert 2 == rehearsal(nameless, COMPANY).count(
        "to mend: the first message of a group comes from a sponsor"
    )
