"""What the bot remembers: the store port, its two engines, and the shapes that pass through it."""
