import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('engagement', '0023_ideas'),
    ]

    operations = [
        migrations.AddField(
            model_name='referral',
            name='acknowledge_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='referral',
            name='answer_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='ReferralNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('reminded', 'Reminded'), ('told', 'Told the engagement team'), ('reckoned', 'Reckoned anew')], max_length=8)),
                ('clock', models.CharField(choices=[('acknowledge', 'Acknowledge'), ('answer', 'Answer')], max_length=11)),
                ('clock_started_on', models.DateField()),
                ('stage', models.PositiveSmallIntegerField(default=0, help_text='The first is 1.')),
                ('at', models.DateTimeField()),
                ('due', models.DateField(help_text='The due day then, or as it was reckoned anew.')),
                ('was_due', models.DateField(blank=True, null=True)),
                ('because', models.CharField(blank=True, max_length=300)),
                ('referral', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='engagement.referral')),
            ],
            options={
                'ordering': ['referral', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'reckoned'), _negated=True), fields=('referral', 'clock', 'clock_started_on', 'stage'), name='referral_notice_comes_once')],
            },
        ),
    ]
