"""What can be configured: read from the environment and ``.env``, checked as a whole at start."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import SecretStr

from knowledge.article import Language
from storage.opening import DEFAULT_URL
from storage.retention import Retention

SLACK_API = "https://slack.com/api/"
_CHANNEL = re.compile(r"^[CG][A-Z0-9]{3,}$")
MOST_DAYS = 3_650
LONGEST_WAIT = 86_400
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True)
class Problem:
    """One setting that is missing or wrong, and how to mend it."""

    name: str
    wrong: str
    mend: str

    def __str__(self) -> str:
        return f"{self.name}: {self.wrong}. {self.mend}"


class SettingsInvalid(Exception):
    """Some settings are missing or wrong; ``problems`` has all of them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """Everything configurable. Secrets show only as stars."""

    bot_token: SecretStr
    app_token: SecretStr | None
    signing_secret: SecretStr | None
    question_channels: tuple[str, ...]
    tier_channels: tuple[str, str, str]
    admin_channel: str
    bridge_channel: str | None = None
    knowledge_channel: str | None = None
    comms_channel: str | None = None
    host: str = "127.0.0.1"
    port: int = 3000
    health_port: int = 8080
    api_url: str = SLACK_API
    store_url: str = field(default=DEFAULT_URL, repr=False)
    knowledge_dir: Path = Path("knowledge/faq")
    company_file: Path | None = None
    rollout_plan: Path | None = None
    helpdesk_settings: Path | None = None
    default_language: Language = Language.EN
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    log_level: str = "INFO"
    paced: bool = True
    clock_url: str | None = None
    retention: Retention = field(default_factory=Retention)
    store_wait: float = 300.0

    @property
    def role_channels(self) -> Mapping[str, str]:
        """Setting name to channel id, for the channels whose members have a role."""
        named = {
            "TIER1_CHANNEL": self.tier_channels[0],
            "TIER2_CHANNEL": self.tier_channels[1],
            "TIER3_CHANNEL": self.tier_channels[2],
            "ADMIN_CHANNEL": self.admin_channel,
        }
        optional = {
            "BRIDGE_CHANNEL": self.bridge_channel,
            "KNOWLEDGE_CHANNEL": self.knowledge_channel,
            "COMMS_CHANNEL": self.comms_channel,
        }
        return named | {name: channel for name, channel in optional.items() if channel}


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in ``environment`` (names as in ``.env.example``; empty counts as not set).

    Raises ``SettingsInvalid`` with every problem at once.
    """
    reading = _Reading(environment)
    settings = _read(reading)
    if reading.problems:
        raise SettingsInvalid(tuple(reading.problems))
    return settings


def _read(reading: "_Reading") -> Settings:
    app_token = reading.secret("SLACK_APP_TOKEN", "xapp-")
    signing_secret = reading.secret("SLACK_SIGNING_SECRET")
    if not app_token and not signing_secret:
        reading.wrong(
            "SLACK_APP_TOKEN",
            "neither this nor SLACK_SIGNING_SECRET is set",
            "Set an app-level token (xapp-...) for Socket Mode, or the signing secret for HTTP",
        )
    return Settings(
        bot_token=reading.required_secret("SLACK_BOT_TOKEN", "xoxb-"),
        app_token=app_token,
        signing_secret=signing_secret,
        question_channels=reading.channels("QUESTION_CHANNELS"),
        tier_channels=(
            reading.channel("TIER1_CHANNEL"),
            reading.channel("TIER2_CHANNEL"),
            reading.channel("TIER3_CHANNEL"),
        ),
        admin_channel=reading.channel("ADMIN_CHANNEL"),
        bridge_channel=reading.optional_channel("BRIDGE_CHANNEL"),
        knowledge_channel=reading.optional_channel("KNOWLEDGE_CHANNEL"),
        comms_channel=reading.optional_channel("COMMS_CHANNEL"),
        host=reading.text("HOST", "127.0.0.1"),
        port=reading.port("PORT", 3000),
        health_port=reading.port("HEALTH_PORT", 8080),
        api_url=reading.address("SLACK_API_URL", SLACK_API),
        store_url=reading.text("STORE_URL", DEFAULT_URL),
        knowledge_dir=reading.folder("KNOWLEDGE_DIR", "knowledge/faq"),
        company_file=reading.optional_file("COMPANY_FILE"),
        rollout_plan=reading.optional_file("ROLLOUT_PLAN"),
        helpdesk_settings=reading.optional_file("HELPDESK_SETTINGS"),
        default_language=reading.language("DEFAULT_LANGUAGE"),
        timezone=reading.timezone("TIMEZONE"),
        log_level=reading.choice("LOG_LEVEL", _LEVELS, "INFO"),
        clock_url=reading.optional_address("CLOCK_URL"),
        retention=Retention(
            question_days=reading.days("QUESTION_DAYS", 365),
            ticket_days=reading.days("TICKET_DAYS", 730),
            failed_payload_days=reading.days("FAILED_PAYLOAD_DAYS", 30),
        ),
        store_wait=float(reading.seconds("STORE_WAIT_SECONDS", 300)),
        paced=reading.choice("SLACK_PACE", ("ON", "OFF"), "ON") == "ON",
    )


class _Reading:
    """Reads values and gathers what is wrong with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.problems: list[Problem] = []

    def wrong(self, name: str, wrong: str, mend: str) -> None:
        self.problems.append(Problem(name, wrong, mend))

    def text(self, name: str, default: str = "") -> str:
        return self._environment.get(name, "").strip() or default

    def secret(self, name: str, prefix: str = "") -> SecretStr | None:
        value = self.text(name)
        if value and not value.startswith(prefix):
            self.wrong(name, f"does not begin with {prefix}", "Copy the whole token from Slack")
        return SecretStr(value) if value else None

    def required_secret(self, name: str, prefix: str) -> SecretStr:
        secret = self.secret(name, prefix)
        if secret is None:
            mend = f"Copy it from your app's page in Slack; it begins with {prefix}"
            self.wrong(name, "is not set", mend)
        return secret or SecretStr("")

    def channel(self, name: str) -> str:
        value = self.text(name)
        if not value:
            mend = "Set the channel's id; Slack shows it at the end of the channel's details"
            self.wrong(name, "is not set", mend)
        return self._checked_channel(name, value) if value else ""

    def optional_channel(self, name: str) -> str | None:
        value = self.text(name)
        return self._checked_channel(name, value) if value else None

    def channels(self, name: str) -> tuple[str, ...]:
        listed = tuple(one.strip() for one in self.text(name).split(",") if one.strip())
        if not listed:
            mend = "Set one or more channel ids, separated by commas"
            self.wrong(name, "is not set", mend)
        return tuple(self._checked_channel(name, one) for one in listed)

    def _checked_channel(self, name: str, value: str) -> str:
        if not _CHANNEL.match(value):
            mend = "Use the id (such as C0123456789), not the name"
            self.wrong(name, f"{value!r} is not a channel id", mend)
        return value

    def port(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if not value.isdigit() or int(value) > 65_535:
            self.wrong(name, f"{value!r} is not a port", "Use a number from 0 to 65535")
            return default
        return int(value)

    def days(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if not value.isdigit() or not 1 <= int(value) <= MOST_DAYS:
            self.wrong(name, f"{value!r} is no number of days", f"Use 1 to {MOST_DAYS}")
            return default
        return int(value)

    def seconds(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if not value.isdigit() or int(value) > LONGEST_WAIT:
            self.wrong(name, f"{value!r} is no number of seconds", f"Use 0 to {LONGEST_WAIT}")
            return default
        return int(value)

    def address(self, name: str, default: str) -> str:
        value = self.text(name, default)
        if not value.startswith(("https://", "http://")):
            self.wrong(name, f"{value!r} is not an address", f"Use the form {default}")
        return value if value.endswith("/") else f"{value}/"

    def optional_address(self, name: str) -> str | None:
        value = self.text(name)
        if value and not value.startswith(("https://", "http://")):
            self.wrong(name, f"{value!r} is not an address", "Leave it out outside a sandbox")
        return value or None

    def folder(self, name: str, default: str) -> Path:
        path = Path(self.text(name, default))
        if not path.is_dir():
            self.wrong(name, f"there is no folder {path}", "Give the folder of the articles")
        return path

    def optional_file(self, name: str) -> Path | None:
        value = self.text(name)
        if value and not Path(value).is_file():
            self.wrong(name, f"there is no file {value}", "Give an existing file, or leave it out")
        return Path(value) if value else None

    def language(self, name: str) -> Language:
        known = [language.value for language in Language]
        return Language(self._one_of(name, known, Language.EN.value, lambda value: value))

    def choice(self, name: str, known: tuple[str, ...], default: str) -> str:
        return self._one_of(name, known, default, str.upper)

    def _one_of(
        self,
        name: str,
        known: "tuple[str, ...] | list[str]",
        default: str,
        form: Callable[[str], str],
    ) -> str:
        value = form(self.text(name, default))
        if value not in known:
            self.wrong(name, f"{value!r} is unknown", f"Use one of {', '.join(known)}")
            return default
        return value

    def timezone(self, name: str) -> ZoneInfo:
        value = self.text(name, "UTC")
        try:
            return ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            mend = "Use an IANA name such as Europe/Amsterdam or Asia/Taipei"
            self.wrong(name, f"{value!r} is no time zone", mend)
            return ZoneInfo("UTC")


def secrets_of(settings: Settings) -> Iterator[str]:
    """The secret values themselves, for the log filter only."""
    for secret in (settings.bot_token, settings.app_token, settings.signing_secret):
        if secret and secret.get_secret_value():
            yield secret.get_secret_value()
    password = urlsplit(settings.store_url).password
    if password:
        yield from (settings.store_url, password, unquote(password))
