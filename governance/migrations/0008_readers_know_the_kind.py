from django.db import migrations, models

from governance.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0007_readers_by_author'),
    ]

    operations = [
        migrations.AddField(
            model_name='escalationreader',
            name='category',
            field=models.CharField(blank=True, default='', max_length=20),
            preserve_default=False,
        ),
        Together(
            steps=[
                migrations.AddIndex(
                    model_name='escalationreader',
                    index=models.Index(fields=['body', 'category', '-escalation'], name='escalation_reader_kind'),
                ),
                migrations.AddIndex(
                    model_name='escalationreader',
                    index=models.Index(condition=models.Q(('is_open', True)), fields=['body', 'category', 'due_on', '-escalation'], include=('id', 'author'), name='escalation_reader_kind_due'),
                ),
            ],
        ),
    ]
