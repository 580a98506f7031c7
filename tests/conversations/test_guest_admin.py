"""A guest who is in the admin channel is no admin."""

from tests.workplace import Workplace


async def test_a_guest_in_the_admin_channel_may_not_announce(workplace: Workplace) -> None:
    gus = workplace.person("gus")
    await workplace.person("ada").invites("rollout-admins", "gus")
    await workplace.sandbox.settled()

    await gus.commands("/signpost", "announce", channel="general")

    told = await workplace.whisper_to(gus)
    assert "admin" in told.text
    assert [] == gus.modals
