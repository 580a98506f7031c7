"""Errors of the helpdesk.

HelpdeskError
└── RolesUnknown     Slack does not tell who is in a role channel, so nobody may act
"""


class HelpdeskError(Exception):
    """Base of every error of this package."""


class RolesUnknown(HelpdeskError):
    """Who is in a role channel cannot be told now."""
