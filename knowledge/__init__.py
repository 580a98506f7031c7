"""What the bot knows: articles, loading and checking them, and matching a question."""
