"""The Bolt app: which payload goes to which decision."""

import re
from collections.abc import Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from handlers import asking
from handlers.answers import Action
from handlers.asking import Desk, Step
from handlers.intake import Intake
from handlers.payloads import Payload, PayloadUnreadable, read_message, read_press, team_of

log = structlog.get_logger()

_ANYTHING = re.compile(".*")

PRESSES: dict[Action, Step] = {
    Action.SOLVED: asking.press_solved,
    Action.REJECT: asking.press_reject,
    Action.CHOOSE: asking.press_choose,
    Action.HELPDESK: asking.press_helpdesk,
    Action.PRIVATELY: asking.press_privately,
}


def build_app(
    client: AsyncWebClient, identity: AuthorizeResult, signing_secret: str | None
) -> AsyncApp:
    """An app that answers Slack only after its listener, and asks Slack nothing by itself.

    ``process_before_response``: Bolt otherwise acknowledges first, and a crash loses the event.
    ``authorize``: Bolt otherwise acknowledges and drops events while its ``auth.test`` fails.
    ``ignoring_self_events_enabled``: the built-in filter hides the deletion of our own messages.
    """

    async def authorize() -> AuthorizeResult:
        return identity

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


def register(app: AsyncApp, intake: Intake, desk: Desk) -> None:
    """Connect the listeners; the catch-alls come last, since the first match wins."""
    _on_messages(app, intake, desk)
    for action, step in PRESSES.items():
        _on_press(app, action, step, intake, desk)
    _on_people(app, desk)
    _catch_the_rest(app)


def _on_messages(app: AsyncApp, intake: Intake, desk: Desk) -> None:
    async def on_message(body: dict[str, Any]) -> None:
        said = read_message(body)
        if said is None or said.user == desk.bot_user:
            return
        await intake.take(
            f"event:{said.event_id}", body, lambda now: asking.decide_message(said, desk, now)
        )

    app.event("message")(on_message)
    app.event("app_mention")(on_message)


def _on_press(app: AsyncApp, action: Action, step: Step, intake: Intake, desk: Desk) -> None:
    async def on_press(body: dict[str, Any], ack: AsyncAck) -> None:
        pressed = read_press(body)
        await intake.take(
            pressed.key, body, lambda now: asking.decide_press(pressed, step, desk, now)
        )
        await ack()

    app.action(re.compile(rf"^{re.escape(action)}(\.\d+)?$"))(on_press)


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
