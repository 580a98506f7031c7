"""What can go wrong between us and Slack, as far as it asks for different reactions.

    SlackError
    ├── TooFast            429 and the like: again after ``retry_after`` seconds, nothing was done
    ├── NotReached         no connection was made: again later, nothing was done
    ├── OutcomeUnknown     timeout, reset, 5xx: it may have been done; look before doing it again
    ├── AccessLost         the token no longer works: stop, people must mend it
    ├── ChannelUnusable    not invited, archived, or forbidden by policy: another way, tell admins
    ├── ThreadGone         the thread's root was deleted, or takes no replies
    ├── MessageGone        the message to change no longer exists, or may not be changed
    ├── PersonUnreachable  no direct message is possible
    ├── MessageRefused     what we sent breaks a rule of Slack's: our mistake
    ├── TriggerSpent       the modal's trigger is too old or used
    └── Refused            any other code

Codes and reactions: docs.slack.dev/reference/methods, the "Errors" of each method.
"""

from collections.abc import Mapping


class SlackError(Exception):
    """Base. ``code`` is Slack's error code, or our word where Slack gave none."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TooFast(SlackError):
    def __init__(self, code: str, retry_after: float) -> None:
        super().__init__(code)
        self.retry_after = retry_after


class NotReached(SlackError):
    pass


class OutcomeUnknown(SlackError):
    pass


class AccessLost(SlackError):
    pass


class ChannelUnusable(SlackError):
    pass


class ThreadGone(SlackError):
    pass


class MessageGone(SlackError):
    pass


class PersonUnreachable(SlackError):
    pass


class MessageRefused(SlackError):
    pass


class TriggerSpent(SlackError):
    pass


class Refused(SlackError):
    pass


ALREADY_SO = frozenset({"already_reacted", "no_reaction", "already_in_channel", "already_pinned"})
"""Not errors: things are as they were wanted."""

TOO_FAST = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})

_CODES: Mapping[type[SlackError], frozenset[str]] = {
    OutcomeUnknown: frozenset(
        {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
    ),
    AccessLost: frozenset(
        {
            "invalid_auth",
            "not_authed",
            "account_inactive",
            "token_revoked",
            "token_expired",
            "missing_scope",
            "team_added_to_org",
            "access_denied",
        }
    ),
    ChannelUnusable: frozenset(
        {
            "not_in_channel",
            "channel_not_found",
            "no_permission",
            "is_archived",
            "is_inactive",
            "channel_type_not_supported",
            "restricted_action",
            "restricted_action_read_only_channel",
            "restricted_action_thread_only_channel",
            "ekm_access_denied",
        }
    ),
    ThreadGone: frozenset(
        {
            "thread_not_found",
            "restricted_action_non_threadable_channel",
            "restricted_action_thread_locked",
            "cannot_reply_to_message",
        }
    ),
    MessageGone: frozenset(
        {"message_not_found", "cant_update_message", "cant_delete_message", "edit_window_closed"}
    ),
    PersonUnreachable: frozenset(
        {
            "user_disabled",
            "user_not_found",
            "users_not_found",
            "user_not_visible",
            "cannot_dm_bot",
            "messages_tab_disabled",
            "too_many_users",
            "user_not_in_channel",
        }
    ),
    MessageRefused: frozenset(
        {
            "msg_too_long",
            "msg_blocks_too_long",
            "invalid_blocks",
            "invalid_blocks_format",
            "invalid_arguments",
            "no_text",
            "metadata_too_large",
            "too_many_attachments",
        }
    ),
    TriggerSpent: frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"}),
}


def error_for(code: str) -> SlackError:
    """The error of the tree for one of Slack's codes; an unknown code gives ``Refused``."""
    for kind, codes in _CODES.items():
        if code in codes:
            return kind(code)
    return Refused(code)
