"""How long a loop waits when nothing wakes it."""

from delivery.clock import Clock

LONGEST_IDLE = 1.0
"""Seconds between looks: what falls due in the meantime is that late."""
SHORTEST_IDLE = 0.02


def longest_idle(clock: Clock) -> float:
    """Seconds between looks: a clock that runs faster is looked at more often."""
    return max(SHORTEST_IDLE, LONGEST_IDLE / max(1.0, clock.factor))
