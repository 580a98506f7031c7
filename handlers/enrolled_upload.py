"""``/signpost enrolled``: the list of devices uploaded in Slack, so that the bot need not be
stopped for it. What became of it stands in the admin channel."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from handlers.announcing_blocks import plain, sections
from handlers.announcing_desk import REFUSALS, AnnouncingDesk
from handlers.announcing_forms import MODAL_TITLE, closing_view
from handlers.catalogue import Say
from handlers.commands import privately
from handlers.decision import Decision, OpenModal
from handlers.enrolled_import import Taken
from handlers.payloads import Commanded, Submitted
from handlers.text import escaped, shortened
from rollout.device_list import DeviceList
from rollout.enrolled import UploadedList
from rollout.errors import Finding, Refusal
from storage.kinds import UPLOADED_LIST
from storage.outbox import Block, Content, InChannel, OutboxItem, Post
from storage.port import Commit, Put
from storage.records import NEW, Stored

UPLOAD_FORM = "enrolled.uploaded"
MOST_NAMED = 20
"""Lines that are named one by one in Slack; the command line names more."""
LINE_TEXT = 200
NO_SCOPE = "missing_scope"


async def decide_enrolled(commanded: Commanded, desk: AnnouncingDesk, now: datetime) -> Decision:
    """Opens the form, for admins."""
    if not await desk.is_admin(commanded.user):
        text = desk.say(REFUSALS[Refusal.NOT_ADMIN])
        return Decision(outbox=(privately(commanded, Content(text), now),))
    return Decision(modal=OpenModal(commanded.trigger_id, _form(desk.say)))


async def decide_uploaded(submitted: Submitted, desk: AnnouncingDesk, now: datetime) -> Decision:
    """The list waits to be taken over; that takes minutes, and survives a restart."""
    say = desk.say
    if not await desk.is_admin(submitted.user):
        return _beside(say(REFUSALS[Refusal.NOT_ADMIN]))
    file = submitted.values.get("list", "").partition(",")[0]
    if not file:
        return _beside(say("enrolled-no-file"))
    record_id = f"{desk.team}/{now:%Y%m%dT%H%M%S%f}/{submitted.user}"
    uploaded = UploadedList(record_id, desk.team, submitted.user, file, now)
    view = closing_view(say("enrolled-title"), sections(say("enrolled-waits")), say)
    return Decision(
        puts=(Put(UPLOADED_LIST, uploaded, NEW),),
        reply={"response_action": "update", "view": view},
    )


def _form(say: Say) -> Block:
    element = {"type": "file_input", "action_id": "list", "filetypes": ["csv"], "max_files": 1}
    label = plain(say("enrolled-label"))
    return {
        "type": "modal",
        "callback_id": UPLOAD_FORM,
        "title": plain(shortened(say("enrolled-title"), MODAL_TITLE)),
        "submit": plain(shortened(say("enrolled-submit"), MODAL_TITLE)),
        "close": plain(say("announcing-close")),
        "blocks": [{"type": "input", "block_id": "list", "label": label, "element": element}],
    }


def _beside(text: str) -> Decision:
    return Decision(reply={"response_action": "errors", "errors": {"list": text}})


# What became of it -------------------------------------------------------------------------------


def taken_over(
    stored: Stored[UploadedList],
    listed: DeviceList,
    taken: Taken,
    desk: AnnouncingDesk,
    now: datetime,
) -> Commit:
    """The list is done, and the admins read what became of it."""
    say = desk.say
    lines = [
        say("enrolled-taken", who=f"<@{stored.record.user}>", people=taken.people, new=taken.new),
        *_named([str(finding) for finding in listed.findings], say),
    ]
    if taken.unknown:
        lines.append(say("enrolled-unknown", count=len(taken.unknown)))
        numbers = ", ".join(str(device.line) for device in taken.unknown[:MOST_NAMED])
        lines.append(say("enrolled-unknown-lines", lines=numbers))
    return _done(stored, lines, desk, now)


def not_taken(
    stored: Stored[UploadedList],
    reason: str,
    findings: Sequence[Finding],
    desk: AnnouncingDesk,
    now: datetime,
) -> Commit:
    """The list cannot be used, and the admins read why; nothing was changed."""
    if reason == NO_SCOPE:
        reason = desk.say("enrolled-scope")
    who = f"<@{stored.record.user}>"
    lines = [desk.say("enrolled-not-taken", who=who, reason=escaped(reason))]
    return _done(stored, [*lines, *_named([str(one) for one in findings], desk.say)], desk, now)


def _named(lines: Sequence[str], say: Say) -> list[str]:
    named = [f"• {escaped(shortened(line, LINE_TEXT))}" for line in lines[:MOST_NAMED]]
    if len(lines) > MOST_NAMED:
        named.append(say("enrolled-more", count=len(lines) - MOST_NAMED))
    return named


def _done(
    stored: Stored[UploadedList], lines: Sequence[str], desk: AnnouncingDesk, now: datetime
) -> Commit:
    text = "\n".join(lines)
    item = OutboxItem(
        key=f"uploaded-list:{stored.record.id}",
        team=desk.team,
        order_group=f"uploaded-lists/{desk.admin_channel}",
        call=Post(InChannel(desk.admin_channel), Content(text, sections(text))),
        due_at=now,
    )
    put = Put(UPLOADED_LIST, replace(stored.record, done=True), stored.version)
    return Commit(at=now, puts=(put,), outbox=(item,))
