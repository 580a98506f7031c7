"""Extraction: error codes in any spelling, platforms, versions and products."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.article import Platform
from knowledge.extraction import Extracted, extract, normalised_code


@pytest.mark.parametrize(
    "text",
    [
        "0x80180014",
        "error 80180014",
        "0X8018 0014",
        "0x8018-0014",
        "code:0x80180014.",
        "I get (0x80180014) each time",
        "-2145910764",
        "it says Ox8O18OO14",
        "錯誤0x80180014怎麼辦",
        "０ｘ８０１８００１４",
    ],
)
def test_a_code_is_found_in_every_spelling(text: str) -> None:
    assert ("0x80180014",) == extract(text).error_codes


@pytest.mark.parametrize(
    "text", ["DeviceCapReached", "device cap reached", "Device-Cap-Reached!", "devicecapreached"]
)
def test_a_code_in_words_is_found_in_every_spelling(text: str) -> None:
    assert ("devicecapreached",) == extract(text).error_codes


@pytest.mark.parametrize(
    "text",
    [
        "call 8018001455",
        "room 80180",
        "order 123456789",
        "-1234",
        "deadbeef",
        "",
        "0x",
        "2145910764",
    ],
)
def test_other_numbers_are_no_codes(text: str) -> None:
    assert () == extract(text).error_codes


def test_several_codes_come_once_each_in_order() -> None:
    found = extract("0x80180018, then 801c0003 and 0x80180018 again").error_codes

    assert ("0x80180018", "0x801c0003") == found


def test_codes_named_by_the_knowledge_base_are_found_too() -> None:
    assert ("chaincapreached",) == extract("chain cap reached", ["ChainCapReached"]).error_codes


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("my iphone is stuck", Platform.IOS),
        ("min iPhonen hänger sig", Platform.IOS),
        ("我的iPhone壞了", Platform.IOS),
        ("ipad van de zaak", Platform.IOS),
        ("galaxy s23", Platform.ANDROID),
        ("min pixeln", Platform.ANDROID),
        ("androidtelefoon", Platform.ANDROID),
        ("三星手機", Platform.ANDROID),
        ("win 11", Platform.WINDOWS),
        ("windowslaptop", Platform.WINDOWS),
        ("macbook", Platform.MACOS),
        ("my Mac's screen", Platform.MACOS),
        ("macen startar inte", Platform.MACOS),
    ],
)
def test_a_platform_is_recognised_by_its_devices(text: str, platform: Platform) -> None:
    assert (platform,) == extract(text).platforms


@pytest.mark.parametrize(
    "text",
    [
        "手機",
        "my phone",
        "telefoon",
        "mobil",
        "the mac address",
        "machine",
        "winter",
        "surf",
        "macaroni",
    ],
)
def test_what_could_be_any_device_is_no_platform(text: str) -> None:
    assert () == extract(text).platforms


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("iOS 17.4 says no", "ios 17.4"),
        ("win 11", "windows 11"),
        ("Windows 11 23H2", "windows 11 23h2"),
        ("still on 22H2", "windows 22h2"),
        ("android versie 13", "android 13"),
        ("Sequoia on my mac", "macos sequoia"),
        ("windows", None),
    ],
)
def test_the_version_is_read(text: str, version: str | None) -> None:
    assert version == extract(text).os_version


def test_products_are_named_as_they_name_themselves() -> None:
    found = extract("outlook and onedrive in the bedrijfsportal, bitlocker too").products

    assert ("BitLocker", "Company Portal", "OneDrive", "Outlook") == found


def test_one_spelling_for_every_code() -> None:
    assert normalised_code("80180014") == normalised_code("0X80180014")
    assert "userlicensetypeinvalid" == normalised_code("User License Type Invalid")


def test_nothing_gives_nothing() -> None:
    assert Extracted() == extract(" \u200b\n")


@given(st.text())
def test_any_text_is_survived(text: str) -> None:
    found = extract(text)

    assert len(set(found.error_codes)) == len(found.error_codes)
