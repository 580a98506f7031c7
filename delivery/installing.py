"""Installations of the app as slack_sdk's OAuth parts want them kept, and the renewal of tokens."""

import logging
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackClientError, SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from storage.installations import Installation as Kept
from storage.installations import Installations

STATE_LIVES_FOR = 600.0
"""Seconds to come back from Slack's page; Bolt's cookie lives as long."""
RENEW_AHEAD = timedelta(hours=2)
"""Of twelve hours that a token lives (docs.slack.dev/authentication/using-token-rotation)."""


class NotRenewed(Exception):
    """Slack gave no new token; the message is Slack's code, or what kind of trouble there was."""


class InstallationKeeper(AsyncInstallationStore):
    """Keeps one installation of each workspace: its bot's. Nobody's own token is asked for."""

    def __init__(self, installations: Installations) -> None:
        self._installations = installations

    @property
    def logger(self) -> logging.Logger:
        return logging.getLogger(__name__)

    async def async_save(self, installation: Installation) -> None:
        await self._installations.save(as_kept(installation))


class StateKeeper(AsyncOAuthStateStore):
    """States of installations under way, known to every replica and good for once."""

    def __init__(self, installations: Installations) -> None:
        self._installations = installations

    @property
    def logger(self) -> logging.Logger:
        return logging.getLogger(__name__)

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        state = secrets.token_urlsafe(32)
        await self._installations.issue_state(state, STATE_LIVES_FOR)
        return state

    async def async_consume(self, state: str) -> bool:
        return await self._installations.consume_state(state)


def as_kept(installation: Installation) -> Kept:
    """What is kept of an installation in a workspace."""
    scopes = installation.bot_scopes or ()
    expires_at = installation.bot_token_expires_at
    return Kept(
        team=installation.team_id or "",
        team_name=installation.team_name or "",
        enterprise=installation.enterprise_id,
        app=installation.app_id or "",
        bot=installation.bot_id or "",
        bot_user=installation.bot_user_id or "",
        scopes=scopes if isinstance(scopes, str) else ",".join(scopes),
        installer=installation.user_id,
        token=installation.bot_token or "",
        refresh_token=installation.bot_refresh_token,
        expires_at=datetime.fromtimestamp(expires_at, UTC) if expires_at else None,
        installed_at=datetime.fromtimestamp(installation.installed_at, UTC),
    )


class Renewal:
    """Renews tokens ahead of their end, with slack_sdk's rotator. ``client`` needs no token."""

    def __init__(self, client: AsyncWebClient, client_id: str, client_secret: str) -> None:
        self._rotator = AsyncTokenRotator(
            client_id=client_id, client_secret=client_secret, client=client
        )

    @staticmethod
    def is_due(kept: Kept, now: datetime) -> bool:
        return kept.expires_at is not None and kept.expires_at <= now + RENEW_AHEAD

    async def __call__(self, kept: Kept) -> Kept | None:
        """With the new token; ``None`` while the old one is good for long. Raises ``NotRenewed``
        where Slack gives none."""
        ahead = int(RENEW_AHEAD.total_seconds() // 60)
        try:
            renewed = await self._rotator.perform_bot_token_rotation(
                bot=_as_bot(kept), minutes_before_expiration=ahead
            )
        except SlackTokenRotationError as error:
            # What the library says of it holds Slack's whole answer.
            raise NotRenewed(str(error.api_error.response.get("error"))) from None
        except (aiohttp.ClientError, SlackClientError, OSError, TimeoutError) as error:
            raise NotRenewed(type(error).__name__) from None
        return _with_token(kept, renewed) if renewed else None


def _as_bot(kept: Kept) -> Bot:
    return Bot(
        app_id=kept.app,
        team_id=kept.team,
        bot_token=kept.token,
        bot_id=kept.bot,
        bot_user_id=kept.bot_user,
        bot_scopes=kept.scopes,
        bot_refresh_token=kept.refresh_token,
        bot_token_expires_at=int(kept.expires_at.timestamp()) if kept.expires_at else None,
        installed_at=kept.installed_at.timestamp(),
    )


def _with_token(kept: Kept, bot: Bot) -> Kept:
    """A refresh token is good for once; where Slack gives no new one, there is none."""
    expires_at = bot.bot_token_expires_at
    return replace(
        kept,
        token=bot.bot_token,
        refresh_token=bot.bot_refresh_token,
        expires_at=datetime.fromtimestamp(expires_at, UTC) if expires_at else None,
    )
