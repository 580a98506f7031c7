"""The running bot: its parts put together, started, watched and stopped cleanly."""
