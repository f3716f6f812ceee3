from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0019_digest_lines_have_a_post'),
    ]

    operations = [
        migrations.AddField(
            model_name='actionpoint',
            name='reminded_on',
            field=models.DateField(blank=True, editable=False, null=True),
        ),
    ]
