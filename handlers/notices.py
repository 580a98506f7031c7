"""Notices to the admins and apologies to people, as outbox items."""

from dataclasses import dataclass
from datetime import datetime

from handlers.catalogue import Catalogue
from handlers.text import escaped
from knowledge.article import Language
from storage.outbox import Content, DueCommand, InChannel, OutboxItem, Post

_GONE = {"is_archived", "is_inactive", "channel_type_not_supported"}
_UNPLACED = {"never_posted", "left_no_message"}
_NOT_INVITED = {"not_in_channel", "channel_not_found", "no_permission"}


@dataclass(frozen=True)
class Notices:
    """Composes notices in the default language. Keys make each be sent once, however often it is
    asked for."""

    catalogue: Catalogue
    language: Language
    team: str
    admin_channel: str

    def channel_unusable(self, channel: str, code: str, now: datetime) -> OutboxItem | None:
        """The admins are told once a day that a channel cannot be written to, with the mend;
        ``None`` when it is their own channel."""
        if channel == self.admin_channel:
            return None
        text = self.catalogue.text(
            _why_not(code), self.language, channel=f"<#{channel}>", code=code
        )
        return self._to_admins(f"notice:channel:{channel}:{code}:{now.date()}", text, now)

    def payload_failed(self, failed_id: str, error: str, now: datetime) -> OutboxItem:
        """The admins are told once an hour for each kind of error."""
        text = self.catalogue.text(
            "trouble-admins", self.language, error=escaped(error), id=escaped(failed_id)
        )
        return self._to_admins(f"notice:failed:{error}:{now:%Y-%m-%dT%H}", text, now)

    def due_given_up(self, command: DueCommand, error: str, now: datetime) -> OutboxItem:
        """The admins are told once a day for each command that cannot be decided."""
        text = self.catalogue.text(
            "due-given-up",
            self.language,
            name=escaped(command.name),
            error=escaped(error),
            key=escaped(command.key),
        )
        return self._to_admins(f"notice:due:{command.key}:{now.date()}", text, now)

    def knowledge_refused(self, finding: str, now: datetime) -> OutboxItem:
        """The admins are told once for each first finding a day."""
        text = self.catalogue.text("knowledge-refused", self.language, finding=escaped(finding))
        return self._to_admins(f"notice:knowledge:{finding}:{now.date()}", text, now)

    def apology(
        self, key: str, channel: str, thread_ts: str | None, user: str, now: datetime
    ) -> OutboxItem:
        """The person whose message or press failed is told so."""
        return OutboxItem(
            key=f"apology:{key}",
            team=self.team,
            order_group=f"{channel}/{thread_ts}",
            call=Post(
                InChannel(channel, thread_ts),
                Content(self.catalogue.text("trouble-person", self.language)),
                fallback_user=user,
            ),
            due_at=now,
        )

    def _to_admins(self, key: str, text: str, now: datetime) -> OutboxItem:
        return OutboxItem(
            key=key,
            team=self.team,
            order_group=f"notices/{self.admin_channel}",
            call=Post(InChannel(self.admin_channel), Content(text)),
            due_at=now,
        )


def _why_not(code: str) -> str:
    """The key of the text that says what to do about Slack's code."""
    if code in _GONE:
        return "channel-archived"
    if code in _UNPLACED:
        return "message-unplaced"
    return "channel-unusable" if code in _NOT_INVITED else "channel-refused"
