"""What residents sent, to look up; what decides about it; and what editors publish."""

from engagement.admin import activities, messages, stories

__all__ = ["activities", "messages", "stories"]
