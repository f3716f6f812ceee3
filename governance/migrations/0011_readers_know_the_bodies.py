import django.db.models.deletion
from django.db import migrations, models

from governance.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0010_work_has_a_version'),
    ]

    operations = [
        migrations.AddField(
            model_name='escalationreader',
            name='current_body',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.body'),
        ),
        migrations.AddField(
            model_name='escalationreader',
            name='raising_body',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.body'),
        ),
        Together(
            steps=[
                migrations.AddIndex(
                    model_name='escalation',
                    index=models.Index(condition=models.Q(('is_open', True)), fields=['raising_body', 'due_on', '-id'], name='escalation_open_by_raising'),
                ),
                migrations.AddIndex(
                    model_name='escalation',
                    index=models.Index(fields=['current_body', '-id'], name='escalation_by_current_body'),
                ),
                migrations.AddIndex(
                    model_name='escalationreader',
                    index=models.Index(fields=['body', 'raising_body', '-escalation'], name='escalation_reader_raised'),
                ),
                migrations.AddIndex(
                    model_name='escalationreader',
                    index=models.Index(condition=models.Q(('is_open', True)), fields=['body', 'raising_body', 'due_on', '-escalation'], include=('id', 'author'), name='escalation_reader_raised_due'),
                ),
                migrations.AddIndex(
                    model_name='escalationreader',
                    index=models.Index(fields=['body', 'current_body', '-escalation'], name='escalation_reader_at'),
                ),
                migrations.AddIndex(
                    model_name='escalationreader',
                    index=models.Index(condition=models.Q(('is_open', True)), fields=['body', 'current_body', 'due_on', '-escalation'], include=('id', 'author'), name='escalation_reader_at_due'),
                ),
            ],
        ),
    ]
