"""The parts of the matcher by themselves: text, spelling, synonyms, the separating layer."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.article import Language
from knowledge.calibration import RANK_FEATURES, load_calibration
from knowledge.compounds import Splitter
from knowledge.features import counted, pairs_among, repeated_pairs, weighed
from knowledge.indexing import Evidence
from knowledge.passages import MOST_PASSAGES, passages
from knowledge.ranking import Compared, Contender, confidences
from knowledge.separating import Rows, train
from knowledge.spelling import Speller
from knowledge.synonyms import synonyms_of
from knowledge.text import (
    LONGEST_QUESTION,
    letter_groups,
    normalised,
    stem,
    tokens_of,
    words,
    words_of,
)
from tests.knowledge import samples


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("ＡＢＣ１２", "abc12"),
        ("don’t", "don't"),
        ("zero\u200bwidth\u202e", "zerowidth"),
        ("a\tb\nc", "a b c"),
        ("x" * 5_000, "x" * LONGEST_QUESTION),
    ],
)
def test_text_is_normalised(text: str, normal: str) -> None:
    assert normal == normalised(text)


def test_han_text_is_cut_into_pairs_and_the_rest_into_stems() -> None:
    found = [t for word in words("我的iphone壞了 tyres") for t in tokens_of(word, Language.ZH_HANT)]

    assert ["我的", "iphon", "壞了", "tyre"] == found


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("devices", Language.EN, "devic"),
        ("fietsen", Language.NL, "fiets"),
        ("telefonerna", Language.SV, "telefon"),
    ],
)
def test_words_are_stemmed_by_language(word: str, language: Language, expected: str) -> None:
    assert expected == stem(word, language)


def test_letter_groups_cross_words() -> None:
    assert [" ab", "ab ", "b c", " cd", "cd "] == letter_groups(["ab", "cd"])


@pytest.mark.parametrize(
    ("slip", "known"),
    [
        ("pasword", "password"),
        ("passwrod", "password"),
        ("passsword", "password"),
        ("padsword", "password"),
    ],
)
def test_a_slip_finds_its_word(slip: str, known: str) -> None:
    near = Speller(["password", "passport", "portal"]).near(slip)

    assert known == near[0][0]
    assert 0.7 <= near[0][1] < 1


@pytest.mark.parametrize("word", ["abc", "", "zzzzzz"])
def test_short_and_foreign_words_find_nothing(word: str) -> None:
    assert [] == Speller(["password", "abd"]).near(word)


@given(st.lists(st.text(min_size=1, max_size=30)), st.text(max_size=30))
def test_the_speller_survives_and_keeps_to_its_limit(known: list[str], word: str) -> None:
    near = Speller(known).near(word)

    assert len(near) <= 3
    assert all(one in known and 0.7 <= similarity <= 1 for one, similarity in near)


@pytest.mark.parametrize(
    ("first", "second", "language"),
    [
        ("laptop", "notebooks", Language.EN),
        ("gsm", "mobiel", Language.NL),
        ("lur", "telefon", Language.SV),
        ("我的筆電", "電腦壞了", Language.ZH_HANT),
    ],
)
def test_synonyms_share_a_group(first: str, second: str, language: Language) -> None:
    groups = synonyms_of(language)

    assert set(groups.groups_of(first)) & set(groups.groups_of(second))


def test_words_of_different_things_share_none() -> None:
    groups = synonyms_of(Language.EN)

    assert not set(groups.groups_of("password")) & set(groups.groups_of("battery"))


def _rows(entries: list[list[tuple[int, float]]], labels: list[int], columns: int) -> Rows:
    return Rows(
        row=np.array([at for at, one in enumerate(entries) for _ in one], np.int32),
        column=np.array([column for one in entries for column, _ in one], np.int32),
        value=np.array([value for one in entries for _, value in one], np.float32),
        label=np.array(labels, np.int32),
        weight=np.ones(len(labels), np.float32),
        columns=columns,
    )


def test_a_feature_of_one_article_speaks_for_it_and_a_shared_one_for_neither() -> None:
    half = 2**-0.5
    entries = [[(0, half), (1, half)], [(0, half), (2, half)]]

    separator = train(_rows(entries, [0, 1], 3), articles=2)

    shared = separator.scores(np.array([0], np.int32), np.array([1.0], np.float32))
    own = separator.scores(np.array([1], np.int32), np.array([1.0], np.float32))
    assert shared[0] == pytest.approx(shared[1], abs=1e-5)
    assert own[0] > 0.3 > 0 > own[1]


def test_training_equals_kernel_ridge_regression() -> None:
    chance = np.random.default_rng(3)
    dense = chance.random((60, 40)).astype(np.float32) * (chance.random((60, 40)) < 0.3)
    entries = [[(c, float(v)) for c, v in enumerate(row) if v] for row in dense]
    labels = sorted(int(one) for one in chance.integers(0, 5, 60))
    target = np.eye(5)[labels]
    expected = dense.T @ np.linalg.solve(dense @ dense.T + 0.3 * np.eye(60), target)

    separator = train(_rows(entries, labels, 40), articles=5)

    for column in range(40):
        found = separator.scores(np.array([column], np.int32), np.ones(1, np.float32))
        largest = np.abs(expected[column]).max()
        for article in range(5):
            wanted = expected[column, article]
            too_small = abs(wanted) < 0.101 * largest and found[article] == 0
            assert too_small or wanted == pytest.approx(found[article], abs=1e-3)


@pytest.mark.parametrize(
    ("word", "language", "parts"),
    [
        ("werklaptop", Language.NL, ("werk", "laptop")),
        ("gebruikersnaam", Language.NL, ("gebruiker", "naam")),
        ("enhetsgräns", Language.SV, ("enhet", "gräns")),
        ("werklaptop", Language.EN, ()),
        ("werkplek", Language.NL, ()),
        ("naamnaa", Language.NL, ()),
    ],
)
def test_a_compound_is_taken_apart_where_both_parts_are_known(
    word: str, language: Language, parts: tuple[str, ...]
) -> None:
    known = {"werk", "laptop", "gebruiker", "naam", "enhet", "gräns", "naa"}

    assert parts == Splitter(language, known).parts(word)


@given(st.text(max_size=40))
def test_the_parts_of_any_word_are_known(word: str) -> None:
    known = {"werk", "laptop", "naam"}

    assert known.issuperset(Splitter(Language.NL, known).parts(word))


@given(st.lists(st.text("ab .!?\n", max_size=30), max_size=60))
def test_a_body_becomes_at_most_twelve_passages(pieces: list[str]) -> None:
    assert MOST_PASSAGES >= len(passages("\n".join(pieces)))


def test_passages_leave_addresses_out() -> None:
    assert ("Open the portal at", "Press the large button there") == passages(
        "Open the portal at https://portal.example/start.\nPress the large button there! Ok."
    )


@pytest.mark.parametrize(
    ("typed", "read"),
    [("软件更新", ["軟體更新"]), ("屏幕", ["螢幕"]), ("my iPhone", ["my", "iphone"])],
)
def test_other_ways_of_writing_chinese_are_read_as_taiwan_writes(
    typed: str, read: list[str]
) -> None:
    assert read == words_of(typed)


def test_a_number_in_digits_means_what_a_number_in_words_means() -> None:
    english = synonyms_of(Language.EN)

    assert set(english.groups_of("three")) & set(english.groups_of("37"))


_ROWS = st.lists(st.lists(st.integers(0, 6), max_size=9), max_size=8)


@given(_ROWS)
def test_rows_count_each_feature_once(rows: list[list[int]]) -> None:
    found = counted((one for row in rows for one in row), map(len, rows), 7)

    for number, row in enumerate(rows):
        inside = slice(found.start[number], found.start[number + 1])
        in_pairs = zip(found.ids[inside].tolist(), found.values[inside].tolist(), strict=True)
        assert Counter(row) == dict(in_pairs)


@given(_ROWS)
def test_weighed_rows_have_unit_length(rows: list[list[int]]) -> None:
    times = counted((one for row in rows for one in row), map(len, rows), 7)
    found = weighed(times, np.ones(7, np.float32))

    for number, row in enumerate(rows):
        values = found.values[found.start[number] : found.start[number + 1]]
        assert float(bool(row)) == pytest.approx(float(values @ values), abs=1e-5)


@given(_ROWS)
def test_pairs_of_two_rows_or_more_are_kept(rows: list[list[int]]) -> None:
    once = counted((one for row in rows for one in row), map(len, rows), 7)
    times = Counter(pair for row in rows for pair in combinations(sorted(set(row)), 2))
    kept, found = repeated_pairs(once)

    assert sum(many > 1 for many in times.values()) == len(kept)
    assert sum(many for many in times.values() if many > 1) == len(found.ids)
    for number, row in enumerate(rows):
        inside = found.ids[found.start[number] : found.start[number + 1]].tolist()
        assert inside == pairs_among(kept, np.array(sorted(set(row)), np.int32)).tolist()


def _compared(*evidence: dict[str, float]) -> Compared:
    """Six contenders; those without evidence of their own are alike."""
    usual = {"separated": 0.4, "ratio": 0.6, "soft": 0.5, "owned": 0.9, "language": 1.0}
    rows = np.array(
        [
            [(usual | one).get(name, 0.0) for name in RANK_FEATURES]
            for one in (*evidence, *[{}] * (6 - len(evidence)))
        ]
    )
    contender = Contender(
        samples.article("flat-tyre", Language.EN),
        Language.EN,
        1.0,
        Evidence(0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, ""),
    )
    return Compared((contender,) * 6, rows, rows @ load_calibration().rank, 1.0)


def test_nearly_word_for_word_is_sure_however_close_the_neighbours_stand() -> None:
    same = {"soft": 0.97, "ratio": 0.93}
    calibration = load_calibration()

    assert calibration.answer_at < confidences(calibration, _compared(same))[0]
    assert calibration.answer_at > confidences(calibration, _compared(same, same))[0]
    assert calibration.answer_at > confidences(calibration, _compared(same | {"soft": 0.94}))[0]
    assert calibration.answer_at > confidences(calibration, _compared(same | {"ratio": 0.84}))[0]
