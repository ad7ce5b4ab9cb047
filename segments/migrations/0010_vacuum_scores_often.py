from django.db import migrations

# As of the metrics: counting a segment of a score reads its index alone while vacuum keeps up.
_OFTEN = "ALTER TABLE segments_rfmscore SET (autovacuum_vacuum_scale_factor = 0.02)"
_AS_EVER = "ALTER TABLE segments_rfmscore RESET (autovacuum_vacuum_scale_factor)"


class Migration(migrations.Migration):
    dependencies = [
        ("segments", "0009_promo_codes"),
    ]

    operations = [migrations.RunSQL(_OFTEN, _AS_EVER)]
