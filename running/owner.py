"""By what name a process holds leases."""

import os
import secrets
import socket


def new_owner() -> str:
    """A name that no other process has."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
