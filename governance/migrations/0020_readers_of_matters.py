import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', "0019_order_of_matters"),
    ]

    operations = [
        migrations.CreateModel(
            name='EscalationReader',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.AddIndex(
            model_name='escalation',
            index=models.Index(fields=['status', '-id'], name='escalation_by_status'),
        ),
        migrations.AddIndex(
            model_name='escalationstep',
            index=models.Index(fields=['from_body', 'to_body'], name='escalation_step_ends'),
        ),
        migrations.AddField(
            model_name='escalationreader',
            name='author',
            field=models.ForeignKey(blank=True, help_text='Of a matter that was never raised. Empty: everyone on the body reads it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='escalationreader',
            name='body',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.body'),
        ),
        migrations.AddField(
            model_name='escalationreader',
            name='escalation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readers', to='governance.escalation'),
        ),
        migrations.AddConstraint(
            model_name='escalationreader',
            constraint=models.UniqueConstraint(fields=('escalation', 'body'), name='escalation_reader_once'),
        ),
    ]
