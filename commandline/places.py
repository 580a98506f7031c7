"""Where the program and what comes with it lie."""

from collections.abc import Sequence
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
BOT = ROOT / "bot.py"
MANIFEST = ROOT / "manifest.yml"


def scopes_of(manifest: Path) -> Sequence[str]:
    """What the app of the manifest asks for."""
    said = yaml.safe_load(manifest.read_text("utf-8"))
    return [str(scope) for scope in said["oauth_config"]["scopes"]["bot"]]
