from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.db import migrations


def fill(apps, schema_editor):
    """A file that is not there, or none of ours, has no size, which is no reason to stop.

    The last versions of a document with the same file get it too, or its next edit would seem to
    have given it a size.
    """
    documents = apps.get_model("governance", "Document").objects
    versions = apps.get_model("governance", "HistoricalDocument").objects
    found = documents.exclude(file="").order_by("pk").values_list("pk", "file")
    for pk, name in found.iterator():
        try:
            size = default_storage.size(name)
        except (OSError, SuspiciousFileOperation):
            continue
        documents.filter(pk=pk).update(size=size)
        versions.filter(id=pk, file=name).update(size=size)


class Migration(migrations.Migration):
    dependencies = [("governance", "0015_documents_have_a_size")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
