import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0011_matters_merged_and_decided'),
    ]

    operations = [
        migrations.CreateModel(
            name='EscalationFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(editable=False, help_text='Of what is in it, so that no file stands twice.', max_length=64)),
                ('added_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['escalation', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='escalationfile',
            name='added_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='escalationfile',
            name='document',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='matter_file', to='governance.document'),
        ),
        migrations.AddField(
            model_name='escalationfile',
            name='escalation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='governance.escalation'),
        ),
        migrations.AddConstraint(
            model_name='escalationfile',
            constraint=models.UniqueConstraint(fields=('escalation', 'digest'), name='escalation_file_stands_once'),
        ),
    ]
