import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0018_fill_whose_view_is_asked'),
    ]

    operations = [
        migrations.AddField(
            model_name='digestline',
            name='body',
            field=models.ForeignKey(blank=True, help_text='For which they were. Without a body or a group they are told by name.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='governance.body'),
        ),
        migrations.AddField(
            model_name='digestline',
            name='group',
            field=models.CharField(blank=True, db_default='', help_text='For which they were, or, with a body, who is told where it has nobody.', max_length=150),
        ),
        migrations.AddField(
            model_name='digestline',
            name='know',
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list, help_text='Addresses of those who need not be told: they were, or did it.'),
        ),
    ]
