"""Celery tasks that run in the merchant they were sent for, or not at all.

The schema travels in a header that is set when the task is sent, not when a transaction commits.
It is entered in `before_start` and held until after the task: chains and retries keep it.
"""

from typing import Any

from celery import Celery
from celery.contrib.django.task import DjangoTask
from celery.exceptions import Reject
from celery.signals import task_postrun
from django.db import transaction
from django_tenants.utils import get_public_schema_name, get_tenant_model

from tenants.schema import connection
from tenants.versions import current_version

HEADER = "tenant_schema"


class TenantTask(DjangoTask):
    """A task of one merchant; `@shared_task(public=True)` makes one of the platform."""

    abstract = True
    public = False

    def _with_schema(self, options: dict[str, Any]) -> dict[str, Any]:
        headers = dict(options.get("headers") or {})
        headers.setdefault(HEADER, connection.schema_name)
        return options | {"headers": headers}

    def apply_async(self, args: Any = None, kwargs: Any = None, *rest: Any, **options: Any) -> Any:
        return super().apply_async(args, kwargs, *rest, **self._with_schema(options))

    def apply(self, args: Any = None, kwargs: Any = None, *rest: Any, **options: Any) -> Any:
        return super().apply(args, kwargs, *rest, **self._with_schema(options))

    def apply_async_on_commit(self, args: Any = None, kwargs: Any = None, **options: Any) -> None:
        options = self._with_schema(options)
        transaction.on_commit(lambda: self.apply_async(args, kwargs, **options))

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:
        self.apply_async_on_commit(args, kwargs)

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:
        """Enter the merchant's schema; raise Reject when the message names none that is ready."""
        self.request.previous_tenant = connection.tenant
        connection.set_schema_to_public()
        if self.public:
            return
        schema = (self.request.headers or {}).get(HEADER) or self.request.get(HEADER)
        if not schema or schema == get_public_schema_name():
            raise Reject(f"{self.name} was sent without a merchant", requeue=False)
        model = get_tenant_model()
        tenant = model.objects.filter(schema_name=schema, state=model.State.READY).first()
        if tenant is None:
            raise Reject(f"{self.name}: merchant “{schema}” is gone or not ready", requeue=False)
        if tenant.migrated_to != current_version():  # its run waits for `upgrade`
            raise Reject(f"{self.name}: “{schema}” has another version", requeue=False)
        connection.set_tenant(tenant)


@task_postrun.connect(weak=False)
def leave_schema(task: Any = None, **_: Any) -> None:
    """Put back the schema the process was in before the task."""
    previous = getattr(task.request, "previous_tenant", None)
    if previous is not None:
        connection.set_tenant(previous)


class TenantCelery(Celery):
    """An application whose every task is a TenantTask."""

    task_cls = "tenants.tenant_task:TenantTask"
