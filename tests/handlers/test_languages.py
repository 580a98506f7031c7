"""The language to speak with somebody: what is surest of what is known goes first."""

import pytest

from handlers.desk import Speaking
from knowledge.article import Language

EN, NL, SV, ZH = Language.EN, Language.NL, Language.SV, Language.ZH_HANT


@pytest.mark.parametrize(
    ("chosen", "heard", "before", "slack", "channel", "expected"),
    [
        (ZH, NL, NL, SV, EN, ZH),
        (None, NL, SV, SV, EN, NL),
        (None, None, SV, NL, EN, SV),
        (None, None, None, SV, NL, SV),
        (None, None, None, None, NL, NL),
        (None, None, None, None, None, EN),
    ],
)
def test_the_choice_then_the_question_then_slack_then_the_channel_then_the_default(
    chosen: Language | None,
    heard: Language | None,
    before: Language | None,
    slack: Language | None,
    channel: Language | None,
    expected: Language,
) -> None:
    speaking = Speaking(chosen, slack, channel, default=EN)

    assert expected == speaking.language(heard, before)
