"""The helpdesk: who people are to it, and (as it grows) tickets, tiers and their rules. Pure."""
