"""Deeds on documents: a file that is shown no more goes for good, for it may name somebody."""

from django.core.files.storage import default_storage
from django.db import transaction

from governance.models import Document


def remove_earlier_files(pk):
    """Remove the files that a document had and has no more, once what is being done is done.

    Its history keeps who replaced or deleted it, when and why.
    """
    had = Document.history.filter(id=pk).exclude(file="").values_list("file", flat=True)
    has = Document.objects.filter(pk=pk).values_list("file", flat=True)
    gone = set(had) - set(has)
    transaction.on_commit(lambda: [default_storage.delete(name) for name in gone])
