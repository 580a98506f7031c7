"""What asking takes from the rollout plan: when it is somebody's turn, and channels' languages."""

from dataclasses import replace

from handlers.announcing_desk import AnnouncingDesk
from handlers.desk import Desk
from handlers.turns import ARTICLE, when_is_my_turn
from knowledge.article import Language
from storage.outbox import Content


def with_plan(desk: Desk, announcing: AnnouncingDesk) -> Desk:
    """The desk with what the plan knows. A channel of several groups speaks the first one's
    language."""

    async def turn(user: str, text: str, language: Language) -> Content | None:
        return await when_is_my_turn(user, text, language, announcing)

    spoken = {
        channel: group.language
        for group in reversed(announcing.plan.groups)
        for channel in group.channels
    }
    return replace(desk, live_answers={ARTICLE: turn}, channel_languages=spoken)
