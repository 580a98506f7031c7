"""The app that listens for one office."""

import aiohttp

from delivery.gateway import web_client
from handlers.app import authorized, build_app
from handlers.connection import App
from handlers.listeners import register_listeners
from running.office import Office


class Listening:
    """An app with every listener, and the token it speaks with. ``signing_secret`` is what it
    verifies requests over HTTP with."""

    def __init__(
        self, office: Office, session: aiohttp.ClientSession, signing_secret: str | None
    ) -> None:
        self._token = office.settings.bot_token.get_secret_value()
        self.client = web_client(self._token, office.settings.api_url, session)
        self.app: App = build_app(
            self.client, lambda: authorized(office.identity, self._token), signing_secret
        )
        register_listeners(
            self.app,
            office.intake,
            office.helpdesk,
            office.announcing,
            office.teaching,
            office.archive,
        )

    def use_token(self, token: str) -> None:
        """Speak with this token from the next request on."""
        self._token = token
        self.client.token = token
