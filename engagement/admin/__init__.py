"""What residents sent, to look up; what decides about it; and what editors publish."""

from engagement.admin import (
    activities,
    messages,
    reading,
    retention,
    routing,
    signposts,
    stories,
)

__all__ = [
    "activities",
    "messages",
    "reading",
    "retention",
    "routing",
    "signposts",
    "stories",
]
