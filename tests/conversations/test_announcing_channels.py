"""Channels change between the approval and the hour: renamed, archived, made private."""

from datetime import UTC, datetime, timedelta

from knowledge.watching import Knowledge
from sandbox.conversation import ChannelKind, Message
from tests.conversations.test_announcing import FIRST, approves, prepares, rollout
from tests.workplace import Workplace

SENDS_AT = datetime(2027, 7, 7, 7, 0, tzinfo=UTC)
TITLE = "IT: your devices"


async def approved(workplace: Workplace) -> Message:
    card = await prepares(workplace.person("ada"), workplace, FIRST, f"Announcement: {TITLE}")
    await approves(workplace.person("axel"), workplace, card)
    return card


async def joined(workplace: Workplace, name: str) -> None:
    """The bot is in the channel."""
    bot = workplace.sandbox.workspace.bot.id
    channel = workplace.sandbox.channel(name)
    await workplace.sandbox.until(lambda: bot in channel.members, explain="the bot joins")


async def its_time_comes(workplace: Workplace) -> None:
    workplace.sandbox.core.clock.jump_to(SENDS_AT + timedelta(seconds=30))


async def is_done(workplace: Workplace, card: Message) -> Message:
    """The card once all was tried; looks at the progress are seconds of the domain's time apart."""
    await workplace.sandbox.until(lambda: _sending_began(workplace, card), explain="it is sent")
    workplace.sandbox.core.clock.advance(timedelta(seconds=10))
    return await workplace.becomes(card, lambda shown: "Sent, planned" in shown.text)


def _sending_began(workplace: Workplace, card: Message) -> bool:
    found = workplace.sandbox.channel(card.channel).find(card.ts)
    return found is not None and ("Being sent" in found.text or "Sent, planned" in found.text)


async def test_the_bot_is_in_the_channel_before_its_hour(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge) as workplace:
        bot = workplace.sandbox.workspace.bot.id
        before = bot in workplace.sandbox.channel("it").members

        await approved(workplace)
        await joined(workplace, "it")

        assert not before
        assert [] == [one for one in workplace.sandbox.messages_in("it") if one.bot_id]


async def test_a_renamed_channel_is_told(store_url: str, knowledge: Knowledge) -> None:
    async with rollout(store_url, knowledge) as workplace:
        await approved(workplace)
        await workplace.person("ada").renames("it", "it-and-telephony")

        await its_time_comes(workplace)

        told = await workplace.posted_in("it-and-telephony", TITLE)
        assert "C0IT" == told.channel


async def test_an_archived_channel_is_named_and_told_once_it_is_open_again(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge) as workplace:
        card = await approved(workplace)
        ada = workplace.person("ada")
        await ada.archives("it")

        await its_time_comes(workplace)
        failed = await is_done(workplace, card)
        await ada.unarchives("it")
        await ada.presses(failed, "Resend failed only")

        assert "Failed in <#C0IT> (is_archived)" in failed.text
        told = await workplace.posted_in("it", TITLE)
        assert "C0IT" == told.channel


async def test_a_channel_made_private_is_named_and_told_once_the_bot_is_invited(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge) as workplace:
        card = await approved(workplace)
        ada = workplace.person("ada")
        await joined(workplace, "it")
        workplace.sandbox.channel("it").kind = ChannelKind.PRIVATE
        await ada.removes("it", "signpost")

        await its_time_comes(workplace)
        failed = await is_done(workplace, card)
        await ada.invites("it", "signpost")
        await ada.presses(failed, "Resend failed only")

        assert "Failed in <#C0IT> (channel_not_found)" in failed.text
        assert "Invite me there with /invite @signpost" in failed.text
        told = await workplace.posted_in("it", TITLE)
        assert "C0IT" == told.channel
