"""How the process ends."""

OK, NOT_WELL, USAGE, ACCESS_LOST, LOOP_BROKEN = 0, 1, 2, 3, 4
"""Exit codes: done; something is wrong; wrong settings or arguments; Slack refuses our token;
sending or deciding broke, and the bot must be started anew."""
