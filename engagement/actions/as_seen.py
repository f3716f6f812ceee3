"""What staff write for everyone has a revision: whoever saves it says which one they had seen."""

from governance.workflow import MoveNotAllowed


def check_is_as_seen(row, seen):
    """Refuse what was written over an older revision; `seen` is None where none is known."""
    if seen is not None and seen != row.revision:
        last = row.history.select_related("history_user").first()
        why = f" ({last.history_change_reason})" if last.history_change_reason else ""
        raise MoveNotAllowed(
            f"{last.history_user or 'Someone'} changed it after you opened this page{why}. Look at "
            "it again before you go on; nothing of yours was saved."
        )
