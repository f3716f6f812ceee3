from django.core.files.storage import default_storage
from django.db import migrations


def fill(apps, schema_editor):
    """A file that is not there has no size, which is no reason to stop."""
    documents = apps.get_model("governance", "Document").objects
    for pk, name in documents.exclude(file="").values_list("pk", "file"):
        try:
            size = default_storage.size(name)
        except OSError:
            continue
        documents.filter(pk=pk).update(size=size)


class Migration(migrations.Migration):
    dependencies = [("governance", "0015_documents_have_a_size")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
