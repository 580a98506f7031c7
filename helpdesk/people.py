"""People as the workspace knows them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """A member of the workspace, or somebody from another one.

    ``locale`` is the IETF tag of the person's Slack interface and ``timezone`` an IANA name; both
    are empty when Slack does not tell (strangers, other organisations).
    """

    id: str
    team: str
    name: str
    locale: str = ""
    timezone: str = ""
    guest: bool = False
    outsider: bool = False
    bot: bool = False
    deactivated: bool = False

    @property
    def may_only_ask(self) -> bool:
        """Guests and people from other organisations ask questions and do nothing else."""
        return self.guest or self.outsider
