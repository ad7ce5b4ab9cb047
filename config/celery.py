"""The Celery application. Every task of it carries its merchant's schema or refuses to run."""

from tenants.tenant_task import TenantCelery

app = TenantCelery("strata")
app.set_default()  # in every thread of the web server, not only in the one that imported this
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
