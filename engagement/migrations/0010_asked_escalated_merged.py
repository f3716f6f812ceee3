import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('engagement', '0009_signposts_about_portal'),
        ('governance', '0006_fill_escalation_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicaltheme',
            name='escalation',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='The matter that was put before a body above, for all its messages at once.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='governance.escalation'),
        ),
        migrations.AddField(
            model_name='referral',
            name='escalation',
            field=models.ForeignKey(blank=True, help_text='The matter that its body put before a body above.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.escalation'),
        ),
        migrations.AddField(
            model_name='referral',
            name='paused_days',
            field=models.PositiveSmallIntegerField(default=0, help_text='Working days for which the clock stood still.'),
        ),
        migrations.AddField(
            model_name='referral',
            name='paused_on',
            field=models.DateField(blank=True, help_text='Since when the clock stands still; empty: it runs.', null=True),
        ),
        migrations.AddField(
            model_name='submission',
            name='merged_into',
            field=models.ForeignKey(blank=True, help_text='Another message that says the same; its answer is the answer to this one too.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='duplicates', to='engagement.submission'),
        ),
        migrations.AddField(
            model_name='theme',
            name='escalation',
            field=models.ForeignKey(blank=True, help_text='The matter that was put before a body above, for all its messages at once.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.escalation'),
        ),
        # A generated column cannot be altered, only made anew, and what rests on it with it.
        migrations.RemoveIndex(model_name='referral', name='referral_open_by_body'),
        migrations.RemoveIndex(model_name='referral', name='referral_open'),
        migrations.RemoveIndex(model_name='referral', name='referral_open_by_person'),
        migrations.RemoveField(model_name='referral', name='is_open'),
        migrations.AddField(
            model_name='referral',
            name='is_open',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(status__in=('referred', 'acknowledged', 'escalated'), then=models.Value(True)), default=models.Value(False)), output_field=models.BooleanField()),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['body', 'answer_by'], name='referral_open_by_body'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['-id'], name='referral_open'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['assigned_to', '-id'], name='referral_open_by_person'),
        ),
        migrations.AlterField(
            model_name='referral',
            name='status',
            field=models.CharField(blank=True, choices=[('referred', 'Received'), ('acknowledged', 'Acknowledged'), ('answered', 'Answered'), ('closed', 'Closed'), ('referred_on', 'Referred on'), ('escalated', 'Escalated'), ('merged', 'Answered with another')], max_length=12),
        ),
        migrations.AlterField(
            model_name='referralstep',
            name='kind',
            field=models.CharField(choices=[('referred', 'Put before the body'), ('acknowledged', 'Acknowledged'), ('answered', 'Answered'), ('referred_on', 'Referred on'), ('asked', 'Asked the resident'), ('replied', 'The resident answered'), ('escalated', 'Escalated'), ('merged', 'Put with another to be answered'), ('split', 'To be answered by itself'), ('reopened', 'Opened again'), ('closed', 'Closed'), ('withdrawn', 'Withdrawn by the resident'), ('erased', 'Erased')], max_length=12),
        ),
    ]
