"""Matching: the right article by other words, the honest outcome, what decides before scores."""

import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.article import Audience, Language, Library, Platform
from knowledge.matching import Matcher, Outcome, Query
from knowledge.smalltalk import SmallTalk
from tests.knowledge.samples import PHRASINGS, article, workshop


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(workshop())


def best_of(matcher: Matcher, text: str, *languages: Language) -> str:
    best = matcher.match(Query(text, languages)).best
    assert best is not None
    return best.article_id


@pytest.mark.parametrize(
    ("text", "article_id"),
    [
        ("tyre went flat this morning", "flat-tyre"),
        ("my brake is making noise", "brakes-squeal"),
        ("gear skips and the chain is off", "chain-slips"),
        ("key of the lock is gone", "lost-key"),
        ("lekke band plakken", "flat-tyre"),
        ("piepend geluid van de remmen", "brakes-squeal"),
        ("sleutel van het slot verloren", "lost-key"),
    ],
)
def test_other_words_find_the_article(matcher: Matcher, text: str, article_id: str) -> None:
    assert article_id == best_of(matcher, text)


@pytest.mark.parametrize(
    ("text", "article_id"),
    [
        ("puntcure repiar", "flat-tyre"),
        ("barkes sqeal", "brakes-squeal"),
        ("chian slps", "chain-slips"),
    ],
)
def test_slips_of_the_keyboard_are_forgiven(matcher: Matcher, text: str, article_id: str) -> None:
    assert article_id == best_of(matcher, text)


@pytest.mark.parametrize("text", ["when is lunch", "I lost my umbrella", "who paints the wheel"])
def test_the_only_article_does_not_answer_everything(text: str) -> None:
    only = Matcher(Library([article("flat-tyre", Language.EN)]))

    assert Outcome.ANSWER is not only.match(Query(text)).outcome


def test_words_of_the_body_lead_to_its_article() -> None:
    bodies = {"flat-tyre": "Take the valve out with pliers.", "lost-key": "Ask at the counter."}
    library = Library(replace(article(one, Language.EN), body=body) for one, body in bodies.items())

    assert "flat-tyre" == best_of(Matcher(library), "pliers for the valve")


def test_a_phrasing_word_for_word_is_answered(matcher: Matcher) -> None:
    match = matcher.match(Query("My brakes SQUEAL!!"))

    assert Outcome.ANSWER is match.outcome
    assert match.best is not None
    assert ("brakes-squeal", Language.EN) == (match.best.article_id, match.best.language)
    assert "my brakes squeal" == match.best.phrasing


def test_the_answer_comes_in_the_language_of_the_question(matcher: Matcher) -> None:
    match = matcher.match(Query("mijn ketting loopt er steeds af"))

    assert Language.NL is match.language
    assert match.best is not None
    assert Language.NL is match.best.language


def test_a_preferred_language_does_not_hide_an_answer_in_another(matcher: Matcher) -> None:
    assert "chain-slips" == best_of(matcher, "de ketting loopt eraf", Language.EN)


def test_candidates_are_distinct_articles_best_first_and_at_most_five(matcher: Matcher) -> None:
    candidates = matcher.match(Query("lock brake chain tyre")).candidates

    ids = [one.article_id for one in candidates]
    assert len(set(ids)) == len(ids) <= 5
    confidences = [one.confidence for one in candidates]
    assert sorted(confidences, reverse=True) == confidences


@pytest.mark.parametrize("text", ["do zebras dream", "qwxz vbnm", "年終獎金", "🎉", "", "?"])
def test_what_no_article_is_about_is_not_answered(matcher: Matcher, text: str) -> None:
    assert Outcome.ANSWER is not matcher.match(Query(text)).outcome


@pytest.mark.parametrize("text", ["80180014", "my chain says 0X8018 0014", "chain cap reached"])
def test_a_known_error_code_decides(matcher: Matcher, text: str) -> None:
    match = matcher.match(Query(f"lost my key, {text}"))

    assert Outcome.ANSWER is match.outcome
    assert "chain-slips" == (match.best.article_id if match.best else None)


def test_an_unknown_error_code_decides_nothing(matcher: Matcher) -> None:
    match = matcher.match(Query("my brakes squeal 0x80190001"))

    assert ("0x80190001",) == match.extracted.error_codes
    assert "brakes-squeal" == (match.best.article_id if match.best else None)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("thanks!", SmallTalk.THANKS), ("hoi", SmallTalk.GREETING), ("medewerker", SmallTalk.HUMAN)],
)
def test_small_talk_is_never_answered_with_an_article(
    matcher: Matcher, text: str, kind: SmallTalk
) -> None:
    match = matcher.match(Query(text))

    assert (Outcome.NONE, kind) == (match.outcome, match.smalltalk)


def test_a_greeting_before_a_question_changes_nothing(matcher: Matcher) -> None:
    plain = matcher.match(Query("my brakes squeal"))
    greeted = matcher.match(Query("Hello there, my brakes squeal"))

    assert plain.candidates == greeted.candidates
    assert greeted.smalltalk is None


def test_a_fifth_language_is_not_answered_but_named(matcher: Matcher) -> None:
    match = matcher.match(Query("Meine Bremsen quietschen fürchterlich, was kann ich tun?"))

    assert (Outcome.NONE, "de") == (match.outcome, match.other_language)


def test_articles_for_agents_are_shown_to_their_tier_and_above_only() -> None:
    runbook = article("runbook", audience=Audience.TIER2, phrasings=("check the frame number",))
    matcher = Matcher(Library([*workshop().articles, runbook]))

    def ids(audience: Audience) -> list[str]:
        query = Query("check the frame number", audience=audience)
        return [one.article_id for one in matcher.match(query).candidates]

    assert "runbook" not in ids(Audience.EVERYONE)
    assert "runbook" not in ids(Audience.TIER1)
    assert "runbook" == ids(Audience.TIER2)[0]
    assert "runbook" == ids(Audience.TIER3)[0]


def test_the_askers_platform_speaks_against_articles_of_other_platforms(matcher: Matcher) -> None:
    def confidence(platform: Platform) -> float:
        query = Query("the key and the tyre", platform=platform)
        found = matcher.match(query).candidates
        return next(one.confidence for one in found if one.article_id == "flat-tyre")

    assert confidence(Platform.IOS) > confidence(Platform.ANDROID)


def test_the_explanation_names_the_evidence(matcher: Matcher) -> None:
    explanation = "\n".join(matcher.explain(Query("my brakes squeal on win 11")).explanation)

    for part in ("outcome: ", "brakes-squeal", "separated", "windows"):
        assert part in explanation


def test_a_library_of_one_article_works() -> None:
    matcher = Matcher(Library([article()]))

    assert Outcome.ANSWER is matcher.match(Query("my tyre is flat")).outcome
    assert Outcome.ANSWER is not matcher.match(Query("when is lunch")).outcome


# -- learning --------------------------------------------------------------------------------------


def test_a_learned_phrasing_counts_from_the_next_question_on() -> None:
    matcher = Matcher(workshop())
    question = Query("the thingamajig went kaputt yesterday")
    assert Outcome.ANSWER is not matcher.match(question).outcome

    matcher.learn("lost-key", Language.EN, "the thingamajig went kaputt")

    match = matcher.match(question)
    assert "lost-key" == (match.best.article_id if match.best else None)
    word_for_word = matcher.match(Query("the thingamajig went kaputt"))
    assert Outcome.ANSWER is word_for_word.outcome


def test_learning_leaves_other_questions_alone() -> None:
    matcher = Matcher(workshop())
    matcher.learn("lost-key", Language.EN, "the thingamajig went kaputt")

    for article_id, by_language in PHRASINGS.items():
        for language, phrasings in by_language.items():
            for text in phrasings:
                assert article_id == best_of(matcher, text, language)


@pytest.mark.parametrize("phrasing", ["", "   ", "🎉"])
def test_learning_nothing_is_survived(phrasing: str) -> None:
    matcher = Matcher(workshop())

    matcher.learn("lost-key", Language.EN, phrasing)
    matcher.learn("no-such-article", Language.EN, "something")
    matcher.learn("lost-key", Language.SV, "något")

    assert "flat-tyre" == best_of(matcher, "my tyre is flat")


# -- properties ------------------------------------------------------------------------------------

_MIXED = st.text(
    st.one_of(
        st.sampled_from("abdehiklnorstuy  ,.?!0x8"),
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("輪胎破了煞車鏈條 \u202e\u200f\u0000\u0301"),
    ),
    max_size=400,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_MIXED)
def test_no_text_makes_it_raise_and_confidences_are_probabilities(
    matcher: Matcher, text: str
) -> None:
    match = matcher.match(Query(text))

    assert all(0 <= one.confidence <= 1 for one in match.candidates)
    assert match == matcher.match(Query(text))


@pytest.mark.parametrize(
    "text",
    ["tyre " * 50_000, "鏈" * 100_000, "\u202eشكرا جزيلا", "\x00\x07", "a" * 1_000_000, "\ud800"],
)
def test_monstrous_texts_are_survived(matcher: Matcher, text: str) -> None:
    matcher.match(Query(text))


@settings(deadline=None, max_examples=8)
@given(st.randoms(use_true_random=False))
def test_the_order_of_articles_and_phrasings_does_not_matter(chance: random.Random) -> None:
    shuffled = []
    for one in workshop().articles:
        phrasings = list(one.phrasings)
        chance.shuffle(phrasings)
        shuffled.append(article(one.id, one.language, phrasings=tuple(phrasings)))
    chance.shuffle(shuffled)
    question = Query("my brake makes a noise and the band is soft")

    expected = Matcher(workshop()).match(question)

    assert expected == Matcher(Library(shuffled)).match(question)


@pytest.mark.parametrize("article_id", sorted(PHRASINGS))
def test_phrasings_held_out_still_find_their_article(article_id: str) -> None:
    held = PHRASINGS[article_id][Language.EN][0]
    kept = [
        article(one.id, one.language, phrasings=tuple(p for p in one.phrasings if p != held))
        for one in workshop().articles
    ]

    assert article_id == best_of(Matcher(Library(kept)), held)
