"""What only the one who pressed reads."""

from datetime import datetime

from handlers.decision import Decision
from handlers.payloads import Pressed
from storage.outbox import Content, InChannel, OutboxItem, Post, ToPerson, Whisper


def tell(pressed: Pressed, text: str, now: datetime) -> Decision:
    """A sentence that only the one who pressed reads."""
    return tell_with(pressed, Content(text), now)


def tell_with(pressed: Pressed, content: Content, now: datetime) -> Decision:
    """A message that only the one who pressed reads: where they pressed, or for a press in App
    Home (without a channel) in their direct message."""
    call: Post | Whisper
    if not pressed.channel:
        call = Post(ToPerson(pressed.user), content)
    elif pressed.channel.startswith("D"):
        call = Post(InChannel(pressed.channel), content)
    else:
        call = Whisper(pressed.channel, pressed.user, content, pressed.thread_ts)
    item = OutboxItem(
        key=f"note:{pressed.key}",
        team=pressed.team,
        order_group=f"note/{pressed.user}",
        call=call,
        due_at=now,
    )
    return Decision(outbox=(item,))
