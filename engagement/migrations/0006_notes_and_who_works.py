import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('engagement', '0005_fill_submission_words'),
        ('governance', '0004_meetings_terms_decisions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('note', 'Note'), ('assigned', 'Assigned')], default='note', max_length=10)),
                ('text', models.TextField(max_length=5000)),
                ('at', models.DateTimeField()),
                ('sending_key', models.CharField(blank=True, help_text='One for each form and what was typed in it, so that pressing twice notes once.', max_length=64, null=True, unique=True)),
            ],
            options={
                'ordering': ['submission', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='referral',
            name='assigned_to',
            field=models.ForeignKey(blank=True, help_text='Who works on it; empty: nobody in particular.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['assigned_to', '-id'], name='referral_open_by_person'),
        ),
        migrations.AddField(
            model_name='note',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='note',
            name='submission',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='engagement.submission'),
        ),
    ]
