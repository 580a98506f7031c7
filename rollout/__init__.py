"""The rollout: the plan, its waves and announcements, and their rules. Pure."""
