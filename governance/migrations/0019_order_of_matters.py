from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0018_translations_of_bodies'),
    ]

    operations = [
        migrations.AddField(
            model_name='staffsettings',
            name='order',
            field=models.CharField(choices=[('due', 'What is due first'), ('newest', 'The newest first')], default='due', max_length=6, verbose_name='order of matters'),
        ),
    ]
