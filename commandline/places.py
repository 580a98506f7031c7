"""Where the program and what comes with it lie."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
BOT = ROOT / "bot.py"
MANIFEST = ROOT / "manifest.yml"
