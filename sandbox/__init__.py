"""A local Slack workspace: the place to try, rehearse and test a Slack bot without an account.

The bot under test reaches it by its ordinary client over HTTP and Socket Mode; people act in it
through the page, the `/sandbox/*` endpoints, or the in-process layer of `sandbox.server.Sandbox`.
Nothing here imports the bot.
"""

from sandbox.errors import ActRefused, SandboxError, SandboxRefused, SlackRefusal
from sandbox.server import Sandbox, refuse_real_tokens, serve

__all__ = [
    "ActRefused",
    "Sandbox",
    "SandboxError",
    "SandboxRefused",
    "SlackRefusal",
    "refuse_real_tokens",
    "serve",
]
