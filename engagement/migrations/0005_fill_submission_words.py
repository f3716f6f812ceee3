from django.db import migrations


def fill(apps, schema_editor):
    """The words of every message that was not taken back."""
    submissions = apps.get_model("engagement", "Submission").objects.exclude(status="withdrawn")
    words = apps.get_model("engagement", "SubmissionWords").objects
    for submission in submissions.prefetch_related("additions").iterator(chunk_size=1000):
        texts = [submission.message, *(each.message for each in submission.additions.all())]
        words.create(submission=submission, words="\n".join(texts))


class Migration(migrations.Migration):
    dependencies = [("engagement", "0004_submission_words")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
