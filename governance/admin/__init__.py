"""The structure, its people and its mail in the admin, for governance administrators.

Edits go through the deeds of `governance.actions` or are judged by the same checks, under the same
lock, and each gives the structure a new version.
"""

from governance.admin import (
    bodies,
    escalations,
    holidays,
    lines,
    measures,
    organisations,
    outbox,
    plan,
    record,
    seats,
    users,
    work,
)

__all__ = [
    "bodies",
    "escalations",
    "holidays",
    "lines",
    "measures",
    "organisations",
    "outbox",
    "plan",
    "record",
    "seats",
    "users",
    "work",
]
