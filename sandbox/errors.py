"""What can go wrong in the sandbox.

SandboxError
├── SandboxRefused   the sandbox will not start
├── SlackRefusal     a Web API call is refused with Slack's own error code
└── ActRefused       a person cannot do what was asked (the page shows the message)
"""

from typing import Any


class SandboxError(Exception):
    """Base of everything the sandbox raises on purpose."""


class SandboxRefused(SandboxError):
    """The sandbox will not start; the message says why and what to do."""


class SlackRefusal(SandboxError):
    """`{"ok": false, "error": code}` with further fields of the answer, such as `needed`."""

    def __init__(self, code: str, **fields: Any) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields


class ActRefused(SandboxError):
    """Something a person of the workspace cannot do; `code` is for programs, text for people."""

    def __init__(self, code: str, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.code = code
        self.fields = fields
