"""Every listener of the bot, connected to its Bolt app in the order in which Bolt asks them."""

from slack_bolt.async_app import AsyncApp

from handlers.announcing import add_announcing_commands, register_announcing
from handlers.announcing_desk import AnnouncingDesk
from handlers.app import register
from handlers.asking_command import asking_commands
from handlers.bridging import add_bridge_command
from handlers.commands import CommandRouter
from handlers.consenting import register_consent
from handlers.drafts import register_drafts
from handlers.escalation import HelpdeskDesk, register_escalation
from handlers.gap_lessons import register_gap_lessons
from handlers.home_presses import register_home
from handlers.intake import Intake
from handlers.lessons import Teaching, register_lessons
from handlers.runbooks import register_runbooks
from handlers.ticket_alike import register_alike
from handlers.ticket_for_others import add_new_command
from handlers.ticket_overviews import add_ticket_commands, register_overviews
from handlers.ticket_search import SolvedArchive
from handlers.wave_help import register_wave_help


def register_listeners(
    app: AsyncApp,
    intake: Intake,
    helpdesk: HelpdeskDesk,
    announcing: AnnouncingDesk,
    teaching: Teaching,
    archive: SolvedArchive,
) -> None:
    """Connect them all; asking has the catch-alls and comes last."""
    register_escalation(app, intake, helpdesk)
    register_lessons(app, intake, helpdesk, teaching)
    register_drafts(app, intake, helpdesk, teaching)
    register_alike(app, intake, helpdesk)
    register_runbooks(app, intake, helpdesk)
    register_gap_lessons(app, intake, helpdesk)
    register_overviews(app, intake, helpdesk, archive)
    register_home(app, intake, helpdesk)
    register_consent(app, intake, helpdesk)
    register_announcing(app, intake, announcing)
    register_wave_help(app, intake, helpdesk)
    register(app, intake, helpdesk.asking, _commands(helpdesk, announcing, archive))


def _commands(
    helpdesk: HelpdeskDesk, announcing: AnnouncingDesk, archive: SolvedArchive
) -> CommandRouter:
    router = asking_commands(helpdesk.asking)
    add_ticket_commands(router, helpdesk, archive)
    add_bridge_command(router, helpdesk)
    add_new_command(router, helpdesk)
    add_announcing_commands(router, announcing)
    return router
