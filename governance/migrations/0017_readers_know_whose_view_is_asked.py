from django.db import migrations, models

from governance.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0016_fill_size_of_documents'),
    ]

    operations = [
        migrations.AddField(
            model_name='escalationreader',
            name='view_asked',
            field=models.BooleanField(default=False, help_text='The view of this body was asked for, and it has neither said anything since nor had the matter.'),
        ),
        Together(
            steps=[
                migrations.RemoveIndex(
                    model_name='escalationreader',
                    name='escalation_reader_waiting',
                ),
                migrations.AddIndex(
                    model_name='escalationreader',
                    index=models.Index(condition=models.Q(('holds', False), ('is_open', True), ('view_asked', False)), fields=['body', 'due_on', '-escalation'], include=('id',), name='escalation_reader_waiting'),
                ),
                migrations.AddIndex(
                    model_name='escalationreader',
                    index=models.Index(condition=models.Q(('holds', False), ('is_open', True), ('view_asked', True)), fields=['body', 'due_on', '-escalation'], include=('id',), name='escalation_reader_asked'),
                ),
            ],
        ),
    ]
