import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0012_files_of_matters'),
    ]

    operations = [
        migrations.CreateModel(
            name='ActionPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('action', 'Action'), ('condition', 'Condition')], default='action', max_length=9)),
                ('text', models.CharField(max_length=500)),
                ('due_on', models.DateField()),
                ('done_on', models.DateField(blank=True, null=True)),
                ('done_note', models.TextField(blank=True, max_length=2000)),
                ('is_open', models.GeneratedField(db_persist=True, expression=models.Case(models.When(done_on__isnull=True, then=models.Value(True)), default=models.Value(False)), output_field=models.BooleanField())),
            ],
            options={
                'ordering': ['due_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalActionPoint',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('kind', models.CharField(choices=[('action', 'Action'), ('condition', 'Condition')], default='action', max_length=9)),
                ('text', models.CharField(max_length=500)),
                ('due_on', models.DateField()),
                ('done_on', models.DateField(blank=True, null=True)),
                ('done_note', models.TextField(blank=True, max_length=2000)),
                ('is_open', models.GeneratedField(db_persist=True, expression=models.Case(models.When(done_on__isnull=True, then=models.Value(True)), default=models.Value(False)), output_field=models.BooleanField())),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical action point',
                'verbose_name_plural': 'historical action points',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name='actionpoint',
            name='body',
            field=models.ForeignKey(help_text='Whose officers see to it.', on_delete=django.db.models.deletion.PROTECT, related_name='action_points', to='governance.body'),
        ),
        migrations.AddField(
            model_name='actionpoint',
            name='decision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='action_points', to='governance.decision'),
        ),
        migrations.AddField(
            model_name='actionpoint',
            name='done_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='actionpoint',
            name='person',
            field=models.ForeignKey(blank=True, help_text='Empty: the officers of the body.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='action_points', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalactionpoint',
            name='body',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='Whose officers see to it.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='governance.body'),
        ),
        migrations.AddField(
            model_name='historicalactionpoint',
            name='decision',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='governance.decision'),
        ),
        migrations.AddField(
            model_name='historicalactionpoint',
            name='done_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalactionpoint',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalactionpoint',
            name='person',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='Empty: the officers of the body.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='actionpoint',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['body', 'due_on'], name='action_point_open'),
        ),
        migrations.AddConstraint(
            model_name='actionpoint',
            constraint=models.CheckConstraint(condition=models.Q(('done_on__isnull', True), ('done_by__isnull', False), _connector='OR'), name='action_point_done_by_someone'),
        ),
    ]
