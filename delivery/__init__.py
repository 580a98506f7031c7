"""Slack out: the sender, the gateway, the pace, what is due, and the health of it all."""
