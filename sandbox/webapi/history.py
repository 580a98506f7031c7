"""conversations.history and conversations.replies."""

from sandbox.conversation import Json, Message, Window
from sandbox.errors import SlackRefusal
from sandbox.shapes import message_shape
from sandbox.webapi.call import Call, decode_cursor_text, encode_cursor, method

MAX_PAGE = 999


def _window(call: Call) -> Window:
    oldest = call.ts("oldest") if call.text("oldest") not in ("", "0") else "0"
    return Window(oldest or "0", call.ts("latest"), call.yes("inclusive"))


def _shapes(call: Call, messages: list[Message]) -> list[Json]:
    metadata = call.yes("include_all_metadata")
    return [message_shape(call.core.workspace, one, metadata=metadata) for one in messages]


@method("conversations.history")
def history(call: Call) -> Json:
    """Newest first; the cursor stands for the oldest message of the page before."""
    channel = call.member_channel()
    call.need_for(channel, "history")
    window = _window(call)
    place = decode_cursor_text(call.text("cursor"))
    if place:
        window = Window(window.oldest, place, inclusive=False)
    messages, more = channel.history(window, call.whole("limit", 100, MAX_PAGE))
    answer: Json = {"messages": _shapes(call, messages), "has_more": more, "pin_count": 0}
    if more:
        answer["response_metadata"] = {"next_cursor": encode_cursor(messages[-1].ts)}
    return answer


@method("conversations.replies")
def replies(call: Call) -> Json:
    """The root, then replies oldest first; the root stands on every page, as Slack has it."""
    channel = call.member_channel()
    call.need_for(channel, "history")
    call.ts("ts")
    root = channel.find(call.required("ts", "thread_not_found"))
    if root is None:
        raise SlackRefusal("thread_not_found")
    window = _window(call)
    place = decode_cursor_text(call.text("cursor"))
    if place:
        window = Window(place, window.latest, inclusive=False)
    # The limit counts the root too.
    messages, more = channel.thread(root, window, max(1, call.whole("limit", 1_000, 1_000) - 1))
    answer: Json = {"messages": _shapes(call, messages), "has_more": more}
    if more:
        answer["response_metadata"] = {"next_cursor": encode_cursor(messages[-1].ts)}
    return answer
