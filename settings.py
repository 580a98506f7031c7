"""What can be configured: read from the environment and ``.env``, checked as a whole at start."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import SecretStr

from knowledge.article import Language
from storage.opening import DEFAULT_URL, fault_of, is_shared
from storage.retention import Retention

SLACK_API = "https://slack.com/api/"
_CHANNEL = re.compile(r"^[CG][A-Z0-9]{3,}$")
_TEAM = re.compile(r"^T[A-Z0-9]{2,30}$")
OF_ONE_WORKSPACE = (
    "QUESTION_CHANNELS",
    "TIER1_CHANNEL",
    "TIER2_CHANNEL",
    "TIER3_CHANNEL",
    "ADMIN_CHANNEL",
    "BRIDGE_CHANNEL",
    "KNOWLEDGE_CHANNEL",
    "COMMS_CHANNEL",
)
"""Settings that each of several workspaces has for itself in the file of the workspaces."""
MAY_DIFFER = (
    *OF_ONE_WORKSPACE,
    "KNOWLEDGE_DIR",
    "COMPANY_FILE",
    "ROLLOUT_PLAN",
    "HELPDESK_SETTINGS",
    "DEFAULT_LANGUAGE",
    "TIMEZONE",
)
"""Settings that may stand there, in small letters; those that do not are as in ``.env``."""
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
class Installing:
    """What lets several workspaces install the app: its credentials, and the file that names what
    each of them has for itself."""

    client_id: str
    client_secret: SecretStr
    workspaces: Path


@dataclass(frozen=True)
class Settings:
    """Everything configurable. Secrets show only as stars. With ``installing`` there are several
    workspaces, and what belongs to one is empty here: :func:`read_workspaces` has it."""

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
    installing: Installing | None = None

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
    try:
        read_workspaces(settings)
    except SettingsInvalid as invalid:
        reading.problems += invalid.problems
    if reading.problems:
        raise SettingsInvalid(tuple(reading.problems))
    return settings


def _read(reading: "_Reading") -> Settings:
    several = any(map(reading.text, ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "WORKSPACES")))
    return _read_several(reading) if several else _read_one(reading)


def _read_one(reading: "_Reading") -> Settings:
    app_token = reading.secret("SLACK_APP_TOKEN", "xapp-")
    signing_secret = reading.secret("SLACK_SIGNING_SECRET")
    if not app_token and not signing_secret:
        reading.wrong(
            "SLACK_APP_TOKEN",
            "neither this nor SLACK_SIGNING_SECRET is set",
            "Set an app-level token (xapp-...) for Socket Mode, or the signing secret for HTTP",
        )
    settings = replace(
        _read_common(reading),
        bot_token=reading.required_secret("SLACK_BOT_TOKEN", "xoxb-"),
        app_token=app_token,
        signing_secret=signing_secret,
    )
    return _with_channels(settings, reading)


def _read_several(reading: "_Reading") -> Settings:
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        if reading.text(name):
            reading.wrong(
                name,
                "is of one workspace, and there are several",
                "Leave it empty: each workspace gets its token when it installs the app, over HTTP",
            )
    for name in filter(reading.text, OF_ONE_WORKSPACE):
        reading.wrong(
            name,
            "is of one workspace, and there are several",
            f"Move it into the file WORKSPACES names, as {name.lower()} of its workspace",
        )
    settings = replace(
        _read_common(reading),
        signing_secret=reading.needed_secret("SLACK_SIGNING_SECRET", "Signing Secret"),
        installing=_read_installing(reading),
    )
    if not is_shared(settings.store_url) and not fault_of(settings.store_url):
        reading.wrong(
            "STORE_URL",
            "several workspaces need PostgreSQL",
            "Use the form postgresql://user:password@host/database",
        )
    return settings


def _read_installing(reading: "_Reading") -> Installing | None:
    client_id, name = reading.text("SLACK_CLIENT_ID"), reading.text("WORKSPACES")
    if not client_id:
        mend = "Copy the Client ID from your app's page (Basic Information)"
        reading.wrong("SLACK_CLIENT_ID", "is not set", mend)
    secret = reading.needed_secret("SLACK_CLIENT_SECRET", "Client Secret")
    if not name:
        mend = "Name a file of the form of workspaces.example.yaml"
        reading.wrong("WORKSPACES", "is not set", mend)
    path = reading.optional_file("WORKSPACES")
    return Installing(client_id, secret, path) if client_id and path else None


def _with_channels(settings: Settings, reading: "_Reading") -> Settings:
    return replace(
        settings,
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
    )


def _read_common(reading: "_Reading") -> Settings:
    """What is the same for one workspace and for several."""
    return Settings(
        bot_token=SecretStr(""),
        app_token=None,
        signing_secret=None,
        question_channels=(),
        tier_channels=("", "", ""),
        admin_channel="",
        host=reading.text("HOST", "127.0.0.1"),
        port=reading.port("PORT", 3000),
        health_port=reading.port("HEALTH_PORT", 8080),
        api_url=reading.address("SLACK_API_URL", SLACK_API),
        store_url=reading.store("STORE_URL", DEFAULT_URL),
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


def read_workspaces(settings: Settings) -> Mapping[str, Settings]:
    """Team id to the settings of its workspace, but for the token, which Slack gives at the
    installation. Raises ``SettingsInvalid`` with every problem of the file at once."""
    if settings.installing is None:
        return {}
    path = settings.installing.workspaces
    problems: list[Problem] = []
    found = {
        team: _read_workspace(settings, team, entry, problems)
        for team, entry in _workspaces_in(path, problems).items()
    }
    if problems:
        raise SettingsInvalid(tuple(problems))
    return found


def _workspaces_in(path: Path, problems: list[Problem]) -> Mapping[str, Any]:
    """What the file says; an empty file names no workspace yet."""
    mend = "See workspaces.example.yaml for its form"
    try:
        said = yaml.safe_load(path.read_text("utf-8")) or {}
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem("WORKSPACES", f"{path} cannot be read ({error})", mend))
        return {}
    except yaml.YAMLError as error:
        where = " ".join(str(error).split())
        problems.append(Problem("WORKSPACES", f"{path} is no YAML ({where})", mend))
        return {}
    if not isinstance(said, dict):
        problems.append(Problem("WORKSPACES", f"{path} names no workspaces", mend))
        return {}
    return {str(team): entry for team, entry in said.items()}


def _read_workspace(settings: Settings, team: str, entry: Any, problems: list[Problem]) -> Settings:
    reading = _Reading(_as_environment(entry), problems, place=f"{team}.")
    if not _TEAM.match(team):
        mend = "Use the id Slack shows in the workspace's address, such as T0123456789"
        problems.append(Problem("WORKSPACES", f"{team!r} is no id of a workspace", mend))
    if not isinstance(entry, dict):
        problems.append(Problem(team, "names no settings", "Name its channels beneath it"))
        return settings
    for name in reading.names() - set(MAY_DIFFER):
        mend = f"Use one of {', '.join(MAY_DIFFER).lower()}"
        reading.wrong(name, "is no setting of a workspace", mend)
    return _with_channels(_with_what_differs(settings, reading), reading)


def _as_environment(entry: Any) -> Mapping[str, str]:
    """The settings of a workspace, named and written as in ``.env``."""
    said = entry if isinstance(entry, dict) else {}
    return {
        str(name).upper(): ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in said.items()
        if value is not None
    }


def _with_what_differs(settings: Settings, reading: "_Reading") -> Settings:
    readers: Mapping[str, tuple[str, Callable[[], Any]]] = {
        "KNOWLEDGE_DIR": ("knowledge_dir", lambda: reading.folder("KNOWLEDGE_DIR", "")),
        "COMPANY_FILE": ("company_file", lambda: reading.optional_file("COMPANY_FILE")),
        "ROLLOUT_PLAN": ("rollout_plan", lambda: reading.optional_file("ROLLOUT_PLAN")),
        "HELPDESK_SETTINGS": (
            "helpdesk_settings",
            lambda: reading.optional_file("HELPDESK_SETTINGS"),
        ),
        "DEFAULT_LANGUAGE": ("default_language", lambda: reading.language("DEFAULT_LANGUAGE")),
        "TIMEZONE": ("timezone", lambda: reading.timezone("TIMEZONE")),
    }
    said = {field: read() for name, (field, read) in readers.items() if reading.text(name)}
    return replace(settings, **said)


class _Reading:
    """Reads values and gathers what is wrong with them."""

    def __init__(
        self,
        environment: Mapping[str, str],
        problems: list[Problem] | None = None,
        place: str = "",
    ) -> None:
        self._environment = environment
        self._place = place
        self.problems: list[Problem] = [] if problems is None else problems

    def names(self) -> set[str]:
        return set(self._environment)

    def wrong(self, name: str, wrong: str, mend: str) -> None:
        shown = f"{self._place}{name.lower()}" if self._place else name
        self.problems.append(Problem(shown, wrong, mend))

    def text(self, name: str, default: str = "") -> str:
        return self._environment.get(name, "").strip() or default

    def store(self, name: str, default: str) -> str:
        url = self.text(name, default)
        fault = fault_of(url)
        if fault:
            self.wrong(name, *fault)
        return url

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

    def needed_secret(self, name: str, title: str) -> SecretStr:
        secret = self.secret(name)
        if secret is None:
            mend = f"Copy the {title} from your app's page (Basic Information)"
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
    client_secret = settings.installing.client_secret if settings.installing else None
    for secret in (
        settings.bot_token,
        settings.app_token,
        settings.signing_secret,
        client_secret,
    ):
        if secret and secret.get_secret_value():
            yield secret.get_secret_value()
    password = urlsplit(settings.store_url).password
    if password:
        yield from (settings.store_url, password, unquote(password))
