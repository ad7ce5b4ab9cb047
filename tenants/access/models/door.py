"""What a role may be allowed that is no model's: no table, only permissions."""

from django.db import models


class Door(models.Model):
    """Carries the permissions `access.<codename>`, which every floor may ask for."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("manage_team", "Can invite people, change roles and deactivate members"),
            ("manage_settings", "Can change the merchant's name, brand and places"),
            ("view_jobs", "Can see background jobs and their runs"),
            ("manage_jobs", "Can change schedules, start and stop jobs"),
            ("view_audit", "Can read the audit"),
            ("import_data", "Can import files"),
            ("manage_order_policy", "Can decide which orders and people count"),
            ("manage_scoring", "Can change scoring settings and recalculate"),
            ("export_data", "Can export and download lists of people"),
            ("manage_privacy", "Can erase people and hand out their data"),
            ("manage_keys", "Can make and revoke keys and credentials"),
        ]
