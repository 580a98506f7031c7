"""Slack in: payload -> command -> decision, and state -> message. Only here is Bolt imported."""
