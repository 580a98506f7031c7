"""What stands in a question before any matching: error codes, platform, version, products.

People copy codes in every spelling: `0x80180014`, `80180014`, `0X8018 0014`, the letter O for the
zero, or the number as Windows logs it (-2145910764). One spelling leaves this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from knowledge.article import Platform
from knowledge.text import normalised

# Names that enrollment shows instead of a number, from
# https://learn.microsoft.com/en-us/troubleshoot/mem/intune/device-enrollment/troubleshoot-device-enrollment-in-intune
NAMED_CODES: Final = (
    "DeviceCapReached",
    "DeviceNotSupported",
    "DeviceTypeNotSupported",
    "UserLicenseTypeInvalid",
    "APNSCertificateNotValid",
    "AccountNotOnboarded",
    "InvalidClientCertificate",
    "MDMAuthorityNotDefined",
    "XPC_TYPE_ERROR",
)

_LEFT: Final = r"(?<![a-z0-9])"
_RIGHT: Final = r"(?![a-z0-9])"
_PREFIXED: Final = re.compile(rf"{_LEFT}[0o]\s?x\s?((?:[0-9a-fo][\s_-]?){{4,8}}){_RIGHT}")
_BARE: Final = re.compile(rf"{_LEFT}(8[0-9a-f]{{3}})[\s-]?([0-9a-f]{{4}}){_RIGHT}")
_NEGATIVE: Final = re.compile(rf"(?<![\w.])[-\u2212](2\d{{9}}|1\d{{9}}){_RIGHT}")
_LETTERED: Final = re.compile(rf"{_LEFT}(aadsts\d{{4,7}}|caa[0-9a-f]{{5}}){_RIGHT}")
_SQUASHED: Final = re.compile(r"[\W_]+")
_ERROR_RANGE: Final = range(0x80000000, 0x90000000)

# Endings of our languages (iphonen, androidtelefoon, windowslaptop) belong to the word.
_ENDING: Final = r"[a-z\u00e5\u00e4\u00f6']*"
_PLATFORM_WORDS: Final[Mapping[Platform, str]] = MappingProxyType(
    {
        Platform.WINDOWS: rf"windows{_ENDING}|win\s?(?:7|8|10|11)|surface{_ENDING}"
        rf"|thinkpad{_ENDING}|elitebook{_ENDING}|latitude|w10|w11",
        Platform.MACOS: r"mac\s?os|os\s?x|macbook[a-z]*|imac[a-z]*"
        r"|mac(?!\s?-?\s?(?:addres|adres|adress|hine))(?:'?s|en|ar|je)?(?![a-z])",
        Platform.IOS: rf"iphone{_ENDING}|ipad{_ENDING}|i\s?os|ipados",
        Platform.ANDROID: rf"android{_ENDING}|samsung{_ENDING}|galaxy{_ENDING}|pixel(?:n|en|s)?"
        rf"|oneplus|xiaomi|huawei|oppo|motorola|nokia{_ENDING}|fairphone|xperia|redmi|zenfone",
    }
)
_HAN_PLATFORM_WORDS: Final[Mapping[Platform, str]] = MappingProxyType(
    {
        Platform.WINDOWS: "微軟電腦",
        Platform.MACOS: "蘋果電腦|蘋果筆電",
        Platform.IOS: "蘋果手機|蘋果平板|愛鳳|哀鳳",
        Platform.ANDROID: "安卓|三星|小米|華為",
    }
)
_PLATFORMS: Final = {
    platform: re.compile(rf"{_LEFT}(?:{latin}){_RIGHT}|{_HAN_PLATFORM_WORDS[platform]}")
    for platform, latin in _PLATFORM_WORDS.items()
}
_VERSION: Final = re.compile(
    rf"{_LEFT}(ipados|ios|android|mac\s?os|windows|win)\s*(?:version|versie|版本)?\s*"
    rf"(\d{{1,2}}(?:\.\d{{1,2}}){{0,2}})(?:\s?(\d{{2}}h[12]))?{_RIGHT}"
)
_RELEASE: Final = re.compile(rf"{_LEFT}(\d{{2}}h[12]){_RIGHT}")
_MAC_RELEASE: Final = re.compile(
    rf"{_LEFT}(catalina|big sur|monterey|ventura|sonoma|sequoia|tahoe){_RIGHT}"
)
_PRODUCT_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Authenticator": rf"authenticator{_ENDING}",
        "Autopilot": r"auto\s?pilot",
        "BitLocker": rf"bit\s?locker{_ENDING}",
        "Company Portal": rf"company portal|comp portal|bedrijfsporta{_ENDING}"
        rf"|företagsportal{_ENDING}|公司入口網站|公司入口",
        "Defender": "defender",
        "Edge": "edge",
        "Excel": "excel",
        "FileVault": r"file\s?vault",
        "Intune": rf"intune{_ENDING}",
        "OneDrive": rf"one\s?drive{_ENDING}",
        "Outlook": rf"outlook{_ENDING}",
        "SharePoint": rf"share\s?point{_ENDING}",
        "Teams": "teams",
        "VPN": rf"vpn{_ENDING}",
        "Wi-Fi": rf"wi-?\s?fi{_ENDING}|wlan|無線網路",
        "Word": "word(?!t|en)",
    }
)
_PRODUCTS: Final = {
    product: re.compile(rf"(?<![a-z])(?:{spelling})(?![a-z])")
    for product, spelling in _PRODUCT_WORDS.items()
}


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a question names.

    `error_codes` in one spelling (`0x80180014`, `devicecapreached`), `os_version` as `ios 17.4` or
    `windows 11 23h2`, `products` by their own names; each without repeats, in a fixed order.
    """

    error_codes: tuple[str, ...] = ()
    platforms: tuple[Platform, ...] = ()
    os_version: str | None = None
    products: tuple[str, ...] = ()


def extract(text: str, known_codes: Iterable[str] = ()) -> Extracted:
    """What a text of any length and content names; `known_codes` are further codes in words."""
    normal = normalised(text)
    if not normal.strip():
        return Extracted()
    return Extracted(
        error_codes=tuple(dict.fromkeys((*_numbers(normal), *_names(normal, known_codes)))),
        platforms=tuple(one for one in Platform if _PLATFORMS[one].search(normal)),
        os_version=_version(normal),
        products=tuple(name for name, spelling in _PRODUCTS.items() if spelling.search(normal)),
    )


def without_platforms(text: str) -> str:
    """``text`` in normal form without the words that name a platform."""
    normal = normalised(text)
    for spelling in _PLATFORMS.values():
        normal = spelling.sub(" ", normal)
    return " ".join(normal.split())


def normalised_code(code: str) -> str:
    """The one spelling of an error code, whatever spelling it came in."""
    normal = normalised(code)
    return next(_numbers(normal), _SQUASHED.sub("", normal))


def _numbers(normal: str) -> Iterator[str]:
    for found in _PREFIXED.finditer(normal):
        digits = _SQUASHED.sub("", found.group(1)).replace("o", "0")
        yield f"0x{digits.zfill(8)}"
    for found in _BARE.finditer(normal):
        digits = found.group(1) + found.group(2)
        if sum(letter.isdigit() for letter in digits) >= 5:
            yield f"0x{digits}"
    for found in _NEGATIVE.finditer(normal):
        number = (1 << 32) - int(found.group(1))
        if number in _ERROR_RANGE:
            yield f"0x{number:08x}"
    for found in _LETTERED.finditer(normal):
        yield found.group(1)


def _names(normal: str, known_codes: Iterable[str]) -> Iterator[str]:
    squashed = _SQUASHED.sub("", normal)
    for plain in _plain_names(tuple(known_codes)):
        if plain in squashed:
            yield plain


@lru_cache(maxsize=8)
def _plain_names(known_codes: tuple[str, ...]) -> tuple[str, ...]:
    """The codes in words as they are looked for; short ones would be met inside other words."""
    plain = (_SQUASHED.sub("", name.lower()) for name in (*NAMED_CODES, *known_codes))
    return tuple(name for name in plain if len(name) >= 8)


def _version(normal: str) -> str | None:
    found = _VERSION.search(normal)
    if found is not None:
        system = {"win": "windows"}.get(found.group(1), found.group(1).replace(" ", ""))
        return " ".join(part for part in (system, found.group(2), found.group(3)) if part)
    release = _RELEASE.search(normal)
    if release is not None:
        return f"windows {release.group(1)}"
    named = _MAC_RELEASE.search(normal)
    return f"macos {named.group(1)}" if named is not None else None
