"""How the knowledge base learns from the helpdesk, as the settings file says."""

from dataclasses import dataclass, field

from knowledge.spikes import SpikeRule


@dataclass(frozen=True)
class Learning:
    """``second_person``: what somebody proposes is published by somebody else. ``spikes`` tells
    what is asked unusually often."""

    second_person: bool = True
    spikes: SpikeRule = field(default_factory=SpikeRule)
