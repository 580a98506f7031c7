"""Announcements for e-mail, web pages and calendars say what the channel reads."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar, Event

from handlers.announcing_media import Meeting, Piece, Sources, files_of, pieces
from handlers.catalogue import Catalogue
from knowledge.article import Language
from rollout.announcement import Announcement, Audience, Change, Logged, State
from rollout.messages import Message, template
from rollout.plan import Phase, Plan
from rollout.survey import SurveyResponse
from rollout.values import Company
from tests.rollout.plans import sample

NOW = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)
KICKOFF_AT = datetime(2027, 7, 6, 7, 0, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script> [bank](javascript:alert(1)) & more"
CATALOGUE = Catalogue()


def sources(*announcements: Announcement, quotes: tuple[SurveyResponse, ...] = ()) -> Sources:
    plan: Plan = sample()
    by_id = {one.id: one for one in quotes}
    return Sources(plan, Company({}), CATALOGUE, announcements, by_id)


def kickoff(**changes: object) -> Announcement:
    """The kickoff as admins have it in Slack."""
    draft = Announcement(
        id="T0/2027-kickoff-all",
        team="T0",
        state=State.SCHEDULED,
        planned="kickoff-all",
        group="all",
        phase=Phase.KICKOFF,
        messages={one: template("kickoff", one) for one in Language},
        audience=(Audience("C0GENERAL", Language.EN),),
        sends_at=KICKOFF_AT,
        author="U0ADA",
    )
    return replace(draft, **changes)  # type: ignore[arg-type]


def piece_of(name: str, source: Sources, language: Language | None = None) -> Piece:
    languages = (language,) if language else ()
    (found,) = [one for one in pieces(source, languages) if one.name == name]
    return found


def texts(piece: Piece, length: int = 60, place: str = "") -> dict[str, str]:
    """The ending of each file's name, and what is in it."""
    meeting = Meeting(timedelta(minutes=length), place)
    files = files_of(piece, meeting, NOW, CATALOGUE.sayer(piece.language))
    start = len(f"{piece.name}.{piece.language}.")
    return {name[start:]: content.decode() for name, content in files.items()}


def event_in(text: str) -> Event:
    (found,) = Calendar.from_ical(text).walk("VEVENT")
    assert isinstance(found, Event)
    return found


def test_the_sample_plan_gives_seventeen_announcements_in_the_languages_of_their_groups() -> None:
    every = pieces(sources())

    assert 17 == len(every)
    assert {"en", "nl", "sv", "zh-Hant"} == {one.language.value for one in every}


@pytest.mark.parametrize("language", Language)
def test_each_medium_says_the_whole_message(language: Language) -> None:
    piece = piece_of("enrollment-retail", sources(), language)

    said = texts(piece)

    assert ["mail.txt", "mail.html", "web.html"] == list(said)
    for text in said.values():
        assert piece.message.title in text
        assert piece.message.action.split('"')[0].strip() in text
        assert CATALOGUE.text("media-in-slack", language) in text
        assert "{{" not in text
        assert "\ue000" not in text
    assert said["mail.html"].startswith(f'<!doctype html>\n<html lang="{language}">')
    assert said["web.html"].startswith(f'<section lang="{language}">')


def test_only_the_kickoff_is_a_meeting_and_a_calendar_takes_it() -> None:
    invited = [one.name for one in pieces(sources()) if one.meeting]
    said = texts(piece_of("kickoff-all", sources()), length=45, place="Hall 1, ground floor")

    assert ["kickoff-all"] == invited
    event = event_in(said["ics"])
    assert KICKOFF_AT == event.start
    assert KICKOFF_AT + timedelta(minutes=45) == event.end
    assert "Hall 1, ground floor" == event["location"]
    assert "We are getting our devices ready for Microsoft Intune" == event["summary"]
    assert max(len(line.encode()) for line in said["ics"].split("\r\n")) <= 75


def test_a_moved_meeting_takes_the_place_of_the_one_before() -> None:
    later = KICKOFF_AT + timedelta(days=1)
    moved = kickoff(sends_at=later, log=(Logged(NOW, "U0ADA", Change.MOVED),))

    one = event_in(texts(piece_of("kickoff-all", sources(kickoff())))["ics"])
    other = event_in(texts(piece_of("kickoff-all", sources(moved)))["ics"])

    assert one["uid"] == other["uid"]
    assert (0, 1) == (one["sequence"], other["sequence"])
    assert later == other.start


def test_the_words_of_admins_go_before_those_of_the_template() -> None:
    message = Message("Our own title", "Our own words", "Read this", "Ask us")
    piece = piece_of("kickoff-all", sources(kickoff(messages={Language.EN: message})))

    assert (
        "Subject: Our own title\n\nOur own words\n\n→ Read this\n\nAsk us\n"
        in (texts(piece)["mail.txt"])
    )


@pytest.mark.parametrize("state", [State.CANCELLED, State.DELETED, State.RECALLED])
def test_what_is_not_to_be_told_is_left_out(state: State) -> None:
    names = [one.name for one in pieces(sources(kickoff(state=state)))]

    assert "kickoff-all" not in names
    assert 16 == len(names)


def test_a_free_message_is_exported_too() -> None:
    free = kickoff(id="T0/20270601T080000000000-U0ADA", planned="", group="", phase=None)

    piece = piece_of("20270601T080000000000-U0ADA", sources(free))

    assert not piece.meeting


def test_what_is_written_stays_words() -> None:
    message = Message(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    said = texts(piece_of("kickoff-all", sources(kickoff(messages={Language.EN: message}))))

    for kind in ("mail.html", "web.html"):
        assert "<script" not in said[kind]
        assert "href" not in said[kind]


def test_a_quote_is_carried_while_it_may_be() -> None:
    response = SurveyResponse(
        "T0/it/U1", "T0", "U1", "it", "", {}, Language.EN, NOW, "quick *and* easy", quotable=True
    )
    message = Message("Title", "Words\n\n{{quote}}", "Read this", "Ask us")
    quoting = kickoff(messages={Language.EN: message}, quote=response.id)

    kept = texts(piece_of("kickoff-all", sources(quoting, quotes=(response,))))
    gone = texts(piece_of("kickoff-all", sources(quoting)))

    assert "“quick *and* easy” – a colleague in IT" in kept["mail.txt"]
    assert "“quick *and* easy” – a colleague in IT" in kept["mail.html"]
    assert "quick" not in gone["mail.txt"]
