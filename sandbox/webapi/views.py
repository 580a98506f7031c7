"""views.*: modals and App Home (docs.slack.dev/reference/methods/views.open and its siblings)."""

from sandbox.conversation import Json
from sandbox.errors import SlackRefusal
from sandbox.limits import MODAL_STACK, explain_view
from sandbox.shapes import body_with_ids, view_shape
from sandbox.triggers import Trigger
from sandbox.webapi.call import Call, method
from sandbox.workspace import View


def _body(call: Call, kind: str | None = None) -> Json:
    """The view given, checked; refused `invalid_arguments`, `view_too_large`."""
    body = call.json("view")
    if not isinstance(body, dict):
        raise SlackRefusal("invalid_arguments")
    complaint = explain_view(body)
    if complaint is None and kind is not None and body.get("type") != kind:
        message = f"[ERROR] must be {kind} [json-pointer:/view/type]"
        raise SlackRefusal("invalid_arguments", response_metadata={"messages": [message]})
    if complaint is not None:
        metadata = {"messages": list(complaint.messages)}
        raise SlackRefusal(complaint.code, response_metadata=metadata)
    return body_with_ids(body)


def _answer(call: Call, view: View) -> Json:
    return {"view": view_shape(call.core.workspace, view)}


def _trigger(call: Call) -> Trigger:
    pointer = call.text("trigger_id") or call.text("interactivity_pointer")
    if not pointer:
        call.required("trigger_id")
    return call.core.triggers.exchange(pointer)


@method("views.open", tier=4)
def open_view(call: Call) -> Json:
    body = _body(call, "modal")
    trigger = _trigger(call)
    view = call.core.workspace.new_view(trigger.user, body)
    call.core.workspace.open_modal(trigger.user, view)
    return _answer(call, view)


@method("views.push", tier=4)
def push(call: Call) -> Json:
    body = _body(call, "modal")
    trigger = _trigger(call)
    stack = call.core.workspace.stacks.get(trigger.user, [])
    if not stack:
        raise SlackRefusal("not_found")
    if len(stack) >= MODAL_STACK:
        raise SlackRefusal("push_limit_reached")
    view = call.core.workspace.new_view(trigger.user, body, previous=stack[-1])
    call.core.workspace.push_modal(trigger.user, view)
    return _answer(call, view)


@method("views.update", tier=4)
def update(call: Call) -> Json:
    workspace = call.core.workspace
    view_id, external_id = call.text("view_id"), call.text("external_id")
    if not view_id and not external_id:
        call.required("view_id")
    view = workspace.views.get(view_id) or workspace.view_with_external_id(external_id)
    if view is None:
        raise SlackRefusal("not_found")
    body = _body(call, view.kind)
    _check_hash(call, view)
    workspace.replace_view(view, body)
    workspace.views_changed(view.user)
    return _answer(call, view)


def _check_hash(call: Call, view: View | None) -> None:
    given = call.text("hash")
    if given and view is not None and given != view.hash:
        raise SlackRefusal("hash_conflict")


@method("views.publish", tier=4)
def publish(call: Call) -> Json:
    body = _body(call, "home")
    if not call.core.app.home_tab:
        raise SlackRefusal("not_enabled")
    person = call.core.workspace.people.get(call.required("user_id"))
    if person is None:
        raise SlackRefusal("user_not_found")
    _check_hash(call, call.core.workspace.homes.get(person.id))
    return _answer(call, call.core.workspace.publish_home(person.id, body))
