"""Deeds on documents: a file that is shown no more goes for good, for it may name somebody."""

from django.core.exceptions import ValidationError

from governance.models import Document
from governance.uploads import remove_once_done

# Of what is stored: a file with what is known of it, and the address instead of one.
TOGETHER = {"file": ("file", "media_type", "size"), "url": ("url",)}


def keep_what_others_changed(document, changed):
    """Give a document that is edited the file that it has by now, unless the edit changed that.

    It was read before the edit had the lock: with the file of that time, the one that somebody has
    put in its place would be removed for good. The lock is held.
    """
    if not Document.objects.filter(pk=document.pk).exists():
        raise ValidationError("Somebody has deleted this document since you opened this page.")
    stored = [name for key, names in TOGETHER.items() if key not in changed for name in names]
    if stored:
        document.refresh_from_db(fields=stored)
        document.validate_constraints()


def remove_earlier_files(pk):
    """Remove the files that a document had and has no more, once what is being done is done.

    Its history keeps who replaced or deleted it, when and why.
    """
    had = Document.history.filter(id=pk).exclude(file="").values_list("file", flat=True)
    has = Document.objects.filter(pk=pk).values_list("file", flat=True)
    remove_once_done(set(had) - set(has))
