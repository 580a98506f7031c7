"""The Bolt app: which payload goes to which decision."""

import logging
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Protocol

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from handlers.answer_presses import PRESSES, Step, decide_press
from handlers.answers import Action
from handlers.ask_form import ASK_FORM, decide_ask_form, decide_asked
from handlers.asking import decide_message
from handlers.asking_shortcut import ASK_ABOUT, decide_shortcut
from handlers.checklists import ChecklistAction, decide_open
from handlers.commands import CommandRouter, register_commands
from handlers.corrections import decide_change
from handlers.decision import Decision
from handlers.desk import Desk
from handlers.forgetting import PersonalAction, decide_forget_press
from handlers.home import HomeAction, decide_home, decide_home_language, decide_tick
from handlers.intake import Intake
from handlers.known_problems import (
    KNOWN_FORM,
    KnownAction,
    decide_lift,
    decide_new,
    decide_reported,
    decide_tell_me,
)
from handlers.languages import LanguageAction, decide_language_press
from handlers.payloads import (
    Payload,
    PayloadUnreadable,
    Pressed,
    is_in_view,
    read_change,
    read_home,
    read_message,
    read_press,
    read_press_in_view,
    read_shortcut,
    read_submission,
    team_of,
)
from handlers.topics import TopicAction, decide_read

log = structlog.get_logger()

_ANYTHING = re.compile(".*")


class Authorized(Protocol):
    """Who the bot is in its workspace."""

    @property
    def team(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def bot(self) -> str: ...
    @property
    def enterprise(self) -> str | None: ...


def build_app(
    client: AsyncWebClient,
    identity: Callable[[], AuthorizeResult],
    signing_secret: str | None,
) -> AsyncApp:
    """An app that answers Slack only after its listener, and asks Slack nothing by itself.

    ``process_before_response``: Bolt otherwise acknowledges first, and a crash loses the event.
    ``authorize``: Bolt otherwise acknowledges and drops events while its ``auth.test`` fails.
    ``ignoring_self_events_enabled``: the built-in filter hides the deletion of our own messages.
    """

    async def authorize() -> AuthorizeResult:
        return identity()

    logging.getLogger("slack_bolt.AsyncApp").addFilter(_needs_a_look)
    app = AsyncApp(
        client=client,
        authorize=authorize,
        signing_secret=signing_secret,
        process_before_response=True,
        ignoring_self_events_enabled=False,
        raise_error_for_unhandled_request=True,
    )
    app.error(_refuse_acknowledgement)
    return app


def _needs_a_look(record: logging.LogRecord) -> bool:
    """Bolt finds SLACK_BOT_TOKEN in the environment and warns, at each start, that it uses our
    client and ``authorize`` instead, which is as we want it."""
    return "`token`" not in record.getMessage()


def authorized(who: Authorized, token: str) -> AuthorizeResult:
    """What Bolt is told of every request: it comes from our workspace, and we speak with this
    token."""
    return AuthorizeResult(
        enterprise_id=who.enterprise,
        team_id=who.team,
        bot_user_id=who.user,
        bot_id=who.bot,
        bot_token=token,
    )


def register(app: AsyncApp, intake: Intake, desk: Desk, router: CommandRouter) -> None:
    """Connect the listeners; the catch-alls come last, since the first match wins."""
    _on_messages(app, intake, desk)
    for action, step in PRESSES.items():
        _on_press(app, action, step, intake, desk)
    _on_choices(app, intake, desk)
    _on_plain_presses(app, intake, desk)
    _on_known_problems(app, intake, desk)
    _on_home(app, intake, desk)
    _on_shortcuts(app, intake, desk)
    register_commands(app, intake, router)
    _on_people(app, desk)
    _catch_the_rest(app)


def _on_messages(app: AsyncApp, intake: Intake, desk: Desk) -> None:
    async def on_message(body: dict[str, Any]) -> None:
        changed = read_change(body)
        if changed is not None:
            await intake.take(
                f"event:{changed.event_id}", body, lambda now: decide_change(changed, desk, now)
            )
            return
        said = read_message(body)
        if said is None or said.user == desk.bot_user:
            return
        await intake.take(
            f"event:{said.event_id}", body, lambda now: decide_message(said, desk, now)
        )

    app.event("message")(on_message)
    app.event("app_mention")(on_message)


def _on_press(app: AsyncApp, action: Action, step: Step, intake: Intake, desk: Desk) -> None:
    async def on_press(body: dict[str, Any], ack: AsyncAck) -> None:
        pressed = read_press(body)
        await intake.take(pressed.key, body, lambda now: decide_press(pressed, step, desk, now))
        await ack()

    app.action(_named(action))(on_press)


def _on_choices(app: AsyncApp, intake: Intake, desk: Desk) -> None:
    async def on_language(body: dict[str, Any], ack: AsyncAck) -> None:
        if is_in_view(body):
            chosen = read_press_in_view(body)
            await intake.take(chosen.key, body, lambda now: decide_home_language(chosen, desk, now))
        else:
            pressed = read_press(body)
            await intake.take(
                pressed.key, body, lambda now: decide_language_press(pressed, desk, now)
            )
        await ack()

    async def on_topic(body: dict[str, Any], ack: AsyncAck) -> None:
        pressed = read_press_in_view(body) if is_in_view(body) else read_press(body)
        await intake.take(
            pressed.key,
            body,
            lambda now: decide_read(pressed.user, pressed.value, pressed.trigger_id, desk),
        )
        await ack()

    app.action(_named(LanguageAction.CHOOSE))(on_language)
    app.action(_named(TopicAction.READ))(on_topic)


_PLAIN_PRESSES: dict[str, Callable[[Pressed, Desk, datetime], Awaitable[Decision]]] = {
    PersonalAction.FORGET: decide_forget_press,
    KnownAction.NEW: decide_new,
    KnownAction.LIFT: decide_lift,
    Action.TELL_ME: decide_tell_me,
}
"""Presses in messages that are not steps of one question."""


def _on_plain_presses(app: AsyncApp, intake: Intake, desk: Desk) -> None:
    def listen(
        action: str, decide: Callable[[Pressed, Desk, datetime], Awaitable[Decision]]
    ) -> None:
        async def on_press(body: dict[str, Any], ack: AsyncAck) -> None:
            pressed = read_press(body)
            await intake.take(pressed.key, body, lambda now: decide(pressed, desk, now))
            await ack()

        app.action(_named(action))(on_press)

    for action, decide in _PLAIN_PRESSES.items():
        listen(action, decide)


def _on_known_problems(app: AsyncApp, intake: Intake, desk: Desk) -> None:
    async def on_reported(body: dict[str, Any], ack: AsyncAck) -> None:
        submitted = read_submission(body)
        decision = await intake.take(
            submitted.key, body, lambda now: decide_reported(submitted, desk, now)
        )
        await ack(**(decision.reply or {}))

    app.view(KNOWN_FORM)(on_reported)


def _on_home(app: AsyncApp, intake: Intake, desk: Desk) -> None:
    async def on_opened(body: dict[str, Any]) -> None:
        opened = read_home(body)
        if opened is not None:
            await intake.take(
                f"event:{opened.event_id}", body, lambda now: decide_home(opened, desk, now)
            )

    async def on_ask(body: dict[str, Any], ack: AsyncAck) -> None:
        pressed = read_press_in_view(body)
        await intake.take(
            pressed.key, body, lambda now: decide_ask_form(pressed.user, pressed.trigger_id, desk)
        )
        await ack()

    async def on_asked(body: dict[str, Any], ack: AsyncAck) -> None:
        submitted = read_submission(body)
        decision = await intake.take(
            submitted.key, body, lambda now: decide_asked(submitted, desk, now)
        )
        await ack(**(decision.reply or {}))

    async def on_checklist(body: dict[str, Any], ack: AsyncAck) -> None:
        pressed = read_press_in_view(body)
        await intake.take(pressed.key, body, lambda now: decide_open(pressed, desk))
        await ack()

    async def on_tick(body: dict[str, Any], ack: AsyncAck) -> None:
        pressed = read_press_in_view(body)
        await intake.take(pressed.key, body, lambda now: decide_tick(pressed, desk, now))
        await ack()

    app.action(_named(ChecklistAction.OPEN))(on_checklist)
    app.action(_named(ChecklistAction.TICK))(on_tick)
    app.event("app_home_opened")(on_opened)
    app.action(_named(HomeAction.ASK))(on_ask)
    app.view(ASK_FORM)(on_asked)


def _on_shortcuts(app: AsyncApp, intake: Intake, desk: Desk) -> None:
    async def on_message(body: dict[str, Any], ack: AsyncAck) -> None:
        used = read_shortcut(body)
        await intake.take(used.key, body, lambda now: decide_shortcut(used, desk, now))
        await ack()

    async def on_form(body: dict[str, Any], ack: AsyncAck) -> None:
        used = read_shortcut(body)
        await intake.take(
            used.key, body, lambda now: decide_ask_form(used.user, used.trigger_id, desk)
        )
        await ack()

    app.shortcut(ASK_ABOUT)(on_message)
    app.shortcut(ASK_FORM)(on_form)


def _named(action: str) -> re.Pattern[str]:
    """The action's id, also numbered where several elements do the same."""
    return re.compile(rf"^{re.escape(action)}(\.\d+)?$")


def _on_people(app: AsyncApp, desk: Desk) -> None:
    async def on_user_change(event: dict[str, Any]) -> None:
        desk.people.forget(str((event.get("user") or {}).get("id")))

    app.event("user_change")(on_user_change)


def _catch_the_rest(app: AsyncApp) -> None:
    """What nobody listens to is acknowledged all the same, or Slack would send it again."""

    async def acknowledge(ack: AsyncAck, body: dict[str, Any]) -> None:
        log.debug("nothing to do", payload=body.get("type"), team=team_of(body))
        await ack()

    listeners: tuple[Callable[..., Any], ...] = (
        app.event,
        app.action,
        app.shortcut,
        app.command,
        app.options,
        app.view_submission,
        app.view_closed,
    )
    for listen in listeners:
        listen(_ANYTHING)(acknowledge)


async def _refuse_acknowledgement(
    error: Exception, request: AsyncBoltRequest, body: Payload
) -> BoltResponse:
    """An unreadable or unknown payload is acknowledged and logged, as it would never become
    readable. Anything else is not acknowledged: Slack sends it again."""
    if isinstance(error, PayloadUnreadable | BoltUnhandledRequestError):
        log.warning("payload unreadable", reason=str(error)[:200], team=team_of(body))
        return BoltResponse(status=200)
    log.error("payload not handled, Slack will send it again", error=type(error).__name__)
    return BoltResponse(status=503)
