import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', "0021_fill_readers_of_matters"),
    ]

    operations = [
        migrations.AddField(
            model_name='escalationstep',
            name='wanted_body',
            field=models.ForeignKey(blank=True, help_text='To which it is asked to be sent out of line.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.body'),
        ),
        migrations.AlterField(
            model_name='escalationstep',
            name='kind',
            field=models.CharField(choices=[('raised', 'Raised'), ('accepted', 'Accepted'), ('passed_up', 'Passed up'), ('sent_back', 'Sent back'), ('answered', 'Answered the question'), ('resolved', 'Resolved'), ('withdrawn', 'Withdrawn'), ('reopened', 'Reopened'), ('moved', 'Moved on to the body that follows'), ('consulted', 'Consulted'), ('commented', 'Commented'), ('file_added', 'File added'), ('file_removed', 'File removed'), ('merged', 'Merged into another matter'), ('took_in', 'Took in another matter'), ('asked_out', 'Asked to be sent out of line'), ('refused_out', 'Not to be sent out of line'), ('out_of_line', 'Sent out of line'), ('rebased', 'Re-based on the lines of the day'), ('action_added', 'Action or condition added')], max_length=12),
        ),
        migrations.AddIndex(
            model_name='escalationstep',
            index=models.Index(condition=models.Q(('kind', 'asked_out')), fields=['escalation'], name='escalation_step_asks'),
        ),
    ]
