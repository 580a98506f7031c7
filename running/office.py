"""All that the bot has for one workspace, put together from its settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from delivery.directory import Directory
from delivery.due import Decider
from delivery.gateway import Gateway
from delivery.housekeeping import HOUSEKEEPING, first_housekeeping, housekeeper
from delivery.membership import REMEMBERED_FOR, SHARED_FOR, Membership
from delivery.opener import Opener
from delivery.responses import Identity
from handlers.announcing import AnnouncingDesk, announcing_deciders, take_up_plan
from handlers.announcing_plans import PlanInForce
from handlers.catalogue import Catalogue
from handlers.consenting import consent_deciders
from handlers.desk import Desk
from handlers.escalation import HelpdeskDesk, escalation_deciders
from handlers.forgetting import expired_note, forgetting_deciders
from handlers.home_refresh import home_deciders
from handlers.home_sections import with_home
from handlers.intake import Intake
from handlers.lessons import Teaching
from handlers.lost_threads import lost_thread_deciders
from handlers.notices import Notices
from handlers.offering import offer_deciders
from handlers.planned import with_plan
from handlers.roles import StaffRoles
from handlers.spikes import SPIKES, first_look, spike_deciders
from handlers.ticket_alike import alike_deciders
from handlers.ticket_search import SolvedArchive
from helpdesk.settings import read_helpdesk
from knowledge.loading import company_file_for
from knowledge.watching import Knowledge
from rollout.plan import no_plan
from rollout.reading import load_plan
from rollout.values import Company
from settings import Settings
from storage.opening import is_shared
from storage.port import Commit, Store


@dataclass(frozen=True)
class Office:
    """The parts of one workspace that work together; ``now`` gives the time."""

    settings: Settings
    store: Store
    knowledge: Knowledge
    gateway: Gateway
    identity: Identity
    notices: Notices
    intake: Intake
    helpdesk: HelpdeskDesk
    announcing: AnnouncingDesk
    teaching: Teaching
    archive: SolvedArchive
    now: Callable[[], datetime]


async def furnish(
    settings: Settings,
    store: Store,
    knowledge: Knowledge,
    gateway: Gateway,
    identity: Identity,
    now: Callable[[], datetime],
) -> Office:
    """The office, with its plan taken up, what was taught before, and its regular looks in the
    store. Raises ``RolloutError``, ``HelpdeskError``, ``KnowledgeError`` or ``StoreError``."""
    notices = Notices(Catalogue(), settings.default_language, identity.team, settings.admin_channel)
    desk = _desk(settings, store, knowledge, gateway, identity, notices.catalogue)
    hours = read_helpdesk(settings.helpdesk_settings, settings.timezone.key)
    announcing = _announcing(settings, desk, identity.team, now())
    await take_up_plan(announcing, now())
    planned = with_plan(desk, announcing)
    helpdesk = HelpdeskDesk(planned, hours, settings.bridge_channel, settings.knowledge_channel)
    teaching = Teaching(store, knowledge, identity.team)
    await teaching.catch_up()
    await _look_regularly(store, identity.team, now())
    return Office(
        settings=settings,
        store=store,
        knowledge=knowledge,
        gateway=gateway,
        identity=identity,
        notices=notices,
        intake=Intake(store, now, notices, Opener(gateway)),
        helpdesk=with_home(helpdesk, announcing),
        announcing=announcing,
        teaching=teaching,
        archive=SolvedArchive(store),
        now=now,
    )


def deciders_of(office: Office) -> Mapping[str, Decider]:
    """What decides each kind of due command."""
    helpdesk, desk = office.helpdesk, office.helpdesk.asking
    retention = office.settings.retention
    return {
        HOUSEKEEPING: housekeeper(office.store, office.identity.team, retention, expired_note),
        **escalation_deciders(helpdesk),
        **lost_thread_deciders(helpdesk),
        **announcing_deciders(office.announcing),
        **home_deciders(desk),
        **offer_deciders(helpdesk),
        **consent_deciders(helpdesk),
        **forgetting_deciders(desk),
        **alike_deciders(helpdesk),
        **spike_deciders(helpdesk),
    }


async def _look_regularly(store: Store, team: str, now: datetime) -> None:
    """Housekeeping and the look for spikes ask for themselves again; here is the first time."""
    if await store.due_command(HOUSEKEEPING) is None:
        await store.commit(Commit(at=now, due=(first_housekeeping(team, now),)))
    if await store.due_command(SPIKES) is None:
        await store.commit(Commit(at=now, due=(first_look(team, now),)))


def _desk(
    settings: Settings,
    store: Store,
    knowledge: Knowledge,
    gateway: Gateway,
    identity: Identity,
    catalogue: Catalogue,
) -> Desk:
    roles = _membership(settings, gateway, identity)
    several = is_shared(settings.store_url)
    return Desk(
        store=store,
        knowledge=knowledge,
        people=Directory(
            gateway,
            identity.team,
            identity.enterprise or "",
            has_role=roles.is_remembered_in_role if several else lambda user: False,
        ),
        catalogue=catalogue,
        bot_user=identity.user,
        question_channels=frozenset(settings.question_channels),
        tier1_channel=settings.tier_channels[0],
        default_language=settings.default_language,
        roles=roles,
        tier_channels=settings.tier_channels,
        admin_channel=settings.admin_channel,
    )


def _membership(settings: Settings, gateway: Gateway, identity: Identity) -> Membership:
    return Membership(
        gateway,
        identity.user,
        role_channels=frozenset(settings.role_channels.values()),
        roles_for=SHARED_FOR if is_shared(settings.store_url) else REMEMBERED_FOR,
    )


def _announcing(settings: Settings, desk: Desk, team: str, now: datetime) -> AnnouncingDesk:
    path = settings.rollout_plan
    plan = load_plan(path) if path else no_plan(now.year, settings.timezone.key)
    company = settings.company_file or company_file_for(settings.knowledge_dir)
    return AnnouncingDesk(
        store=desk.store,
        roles=StaffRoles(desk.roles, desk.people),
        people=desk.people,
        catalogue=desk.catalogue,
        knowledge=desk.knowledge,
        plans=PlanInForce(plan, path),
        company=Company.load(company),
        team=team,
        admin_channel=settings.admin_channel,
        default_language=settings.default_language,
        tier_channels=settings.tier_channels,
    )
