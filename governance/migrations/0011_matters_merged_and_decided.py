import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0010_days_of_running_clocks'),
    ]

    operations = [
        migrations.AddField(
            model_name='escalation',
            name='affected',
            field=models.TextField(blank=True, max_length=2000, verbose_name='who is affected'),
        ),
        migrations.AddField(
            model_name='escalation',
            name='decision',
            field=models.ForeignKey(blank=True, help_text='What came of it, while it is resolved, or the one it was merged into is.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='escalations', to='governance.decision'),
        ),
        migrations.AddField(
            model_name='escalation',
            name='merged_into',
            field=models.ForeignKey(blank=True, help_text='The matter about the same thing that goes on for both.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='governance.escalation'),
        ),
        migrations.AddField(
            model_name='escalationstep',
            name='consulted_body',
            field=models.ForeignKey(blank=True, help_text='Whose view was asked for.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.body'),
        ),
        migrations.AddField(
            model_name='escalationstep',
            name='other_matter',
            field=models.ForeignKey(blank=True, help_text='The matter that it was merged into, or that was merged into it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.escalation'),
        ),
        migrations.AddField(
            model_name='historicalescalation',
            name='affected',
            field=models.TextField(blank=True, max_length=2000, verbose_name='who is affected'),
        ),
        migrations.AddField(
            model_name='historicalescalation',
            name='decision',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='What came of it, while it is resolved, or the one it was merged into is.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='governance.decision'),
        ),
        migrations.AddField(
            model_name='historicalescalation',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='The matter about the same thing that goes on for both.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='governance.escalation'),
        ),
        migrations.AlterField(
            model_name='escalation',
            name='status',
            field=models.CharField(choices=[('draft', 'Draft'), ('raised', 'Raised'), ('accepted', 'Accepted'), ('sent_back', 'Sent back'), ('resolved', 'Resolved'), ('withdrawn', 'Withdrawn'), ('merged', 'Merged')], default='draft', max_length=10),
        ),
        migrations.AlterField(
            model_name='escalationstep',
            name='kind',
            field=models.CharField(choices=[('raised', 'Raised'), ('accepted', 'Accepted'), ('passed_up', 'Passed up'), ('sent_back', 'Sent back'), ('answered', 'Answered the question'), ('resolved', 'Resolved'), ('withdrawn', 'Withdrawn'), ('reopened', 'Reopened'), ('moved', 'Moved on to the body that follows'), ('consulted', 'Consulted'), ('commented', 'Commented'), ('file_added', 'File added'), ('file_removed', 'File removed'), ('merged', 'Merged into another matter'), ('took_in', 'Took in another matter'), ('out_of_line', 'Sent out of line'), ('rebased', 'Re-based on the lines of the day'), ('action_added', 'Action or condition added')], max_length=12),
        ),
        migrations.AlterField(
            model_name='escalationstep',
            name='line',
            field=models.ForeignKey(blank=True, help_text='The line it travelled, or on which a body is consulted.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.reportingline'),
        ),
        migrations.AlterField(
            model_name='historicalescalation',
            name='status',
            field=models.CharField(choices=[('draft', 'Draft'), ('raised', 'Raised'), ('accepted', 'Accepted'), ('sent_back', 'Sent back'), ('resolved', 'Resolved'), ('withdrawn', 'Withdrawn'), ('merged', 'Merged')], default='draft', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='escalation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('merged_into__isnull', False), ('status', 'merged')), models.Q(models.Q(('status', 'merged'), _negated=True), ('merged_into__isnull', True)), _connector='OR'), name='escalation_merged_says_into_which'),
        ),
    ]
