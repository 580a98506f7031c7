"""What waits for its time: an announcement is sent, and before that the helpdesk is briefed and the
admins are asked."""

from datetime import datetime

from rollout.announcement import Announcement
from rollout.plan import Phase, Plan
from storage.outbox import DueCommand

ANNOUNCE = "announce"
PROGRESS = "announce-progress"
BRIEF = "announce-briefing"
GO_NO_GO = "announce-go-no-go"


def announce_command(announcement: Announcement) -> DueCommand:
    """What sends an announcement at its time."""
    return DueCommand(
        key=f"{ANNOUNCE}:{announcement.id}",
        team=announcement.team,
        name=ANNOUNCE,
        due_at=announcement.sends_at,
        about=announcement.id,
    )


def commands_of(announcement: Announcement, plan: Plan, now: datetime) -> tuple[DueCommand, ...]:
    """All that waits for an announcement: itself, and while it is to come what goes ahead of it.
    What should have gone already goes at once; the keys of its messages keep it from going
    twice."""
    ahead = [ahead_command(name, announcement, plan) for name in (BRIEF, GO_NO_GO)]
    to_come = [one for one in ahead if one and announcement.sends_at > now]
    return (announce_command(announcement), *to_come)


def ahead_command(name: str, announcement: Announcement, plan: Plan) -> DueCommand | None:
    """The briefing, or the question whether to go on, at its time before the announcement; ``None``
    where the plan has none."""
    lead = plan.settings.briefing if name == BRIEF else plan.settings.go_no_go
    only_enrollment = name == GO_NO_GO and announcement.phase is not Phase.ENROLLMENT
    if not lead or only_enrollment:
        return None
    return DueCommand(
        key=f"{name}:{announcement.id}",
        team=announcement.team,
        name=name,
        due_at=announcement.sends_at - lead,
        about=announcement.id,
    )
