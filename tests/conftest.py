"""What every test stands on: two merchants made once, people, a live server, a browser.

Never use `transactional_db`, `django_db(transaction=True)` or pytest-django's `live_server`:
their flush empties `public`.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django_tenants.utils import tenant_context
from pytest_django.live_server_helper import LiveServer

from config.redis_urls import broker_url, cache_url, database_of, numbered
from tenants import blueprint
from tenants.access.members import make_member
from tenants.access.roles import make_roles
from tenants.models import Domain, Tenant
from tenants.upgrade import upgrade_platform
from tenants.versions import current_version
from tests.databases import copied, empty

SLUGS = ("acme", "globex")  # globex is the stranger's
KEPT = {
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
}


def pytest_configure(config):
    """Give each process of pytest-xdist Redis databases of its own, like its PostgreSQL one."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    settings.BASE_FIGURES_SECONDS = 0  # a test's customers are counted when it asks
    # Else each new client reads the list of all static files, a tenth of a second.
    settings.WHITENOISE_AUTOREFRESH = True
    # A password takes 0.2 s of a processor to hash, on purpose: here nobody is kept out by it.
    hasher = Argon2PasswordHasher
    hasher.time_cost, hasher.memory_cost, hasher.parallelism = 1, 1024, 1
    url = numbered(settings.REDIS_URL, database_of(settings.REDIS_URL) + 2 * int(worker))
    os.environ["REDIS_URL"] = settings.REDIS_URL = url
    settings.CELERY_BROKER_URL = broker_url(url)
    settings.CACHES["default"]["LOCATION"] = cache_url(url)


# Files of few tests that take long each: begun last, they would leave one process waiting.
LONG = re.compile(r"killed|worker|matrix|laws|browser|provisioning|demo|crash|servers|launcher")


def pytest_collection_modifyitems(items):
    """Begin with the long files; the suite gives files out in this order."""
    items.sort(key=lambda item: LONG.search(item.path.name) is None)


@pytest.fixture(scope="session")
def test_database(django_test_environment, django_db_modify_db_settings, django_db_blocker):
    """Make the test database, whichever tests were chosen.

    pytest-django makes it only for tests that ask for `db`; a run of browser tests alone would
    otherwise write into the developer's own database.
    """
    with django_db_blocker.unblock():
        copy = copied(settings.DATABASES["default"]["TEST"]["NAME"], fill=make_merchants)
        copy.__enter__()
    yield
    with django_db_blocker.unblock():
        copy.__exit__(None, None, None)


@pytest.fixture(scope="session")
def django_db_setup(test_database):
    """Take the place of pytest-django's, which would migrate everything once a process."""


def make_merchants() -> None:
    """Migrate `public` and make two merchants in the database Django points at."""
    upgrade_platform()
    for slug in SLUGS:
        tenant = Tenant.objects.create(
            schema_name=slug,
            name=slug.title(),
            timezone="Europe/London",
            currency="GBP",
            state="ready",
            migrated_to=current_version(),
        )
        Domain.objects.create(domain=f"{slug}.localhost", tenant=tenant)
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {slug}")
        assert blueprint.lay(slug)
        with tenant_context(tenant):
            make_roles()


@pytest.fixture
def tenant(db) -> Iterator[Tenant]:
    """Stand in acme's schema; everything is rolled back."""
    connection.set_schema_to_public()  # wherever the test before stood
    acme = Tenant.objects.get(schema_name="acme")
    connection.set_tenant(acme)
    yield acme
    connection.set_schema_to_public()


@pytest.fixture
def other_tenant(db) -> Tenant:
    """Globex, the merchant next door."""
    connection.set_schema_to_public()
    return Tenant.objects.get(schema_name="globex")


@pytest.fixture
def committed_tenant(django_db_setup, django_db_blocker) -> Iterator[Tenant]:
    """Acme with real commits, for threads, other processes, the live server; emptied after."""
    with django_db_blocker.unblock():
        connection.set_schema_to_public()
        acme = Tenant.objects.get(schema_name="acme")
        connection.set_tenant(acme)
        yield acme
        connection.set_tenant(acme)
        empty(acme.schema_name, but=KEPT)
        with connection.cursor() as cursor:
            cursor.execute(
                "TRUNCATE public.tenants_run, public.tenants_tenantjob,"
                " public.tenants_externalaccount"
            )
        connection.set_schema_to_public()
        connection.close()


def sign_in(tenant: Tenant, user: User) -> Client:
    """Return a client signed in as `user` on the merchant's host."""
    client = Client(headers={"host": f"{tenant.schema_name}.localhost"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def owner(tenant) -> Client:
    """The shop's owner, on acme's host."""
    return sign_in(tenant, User.objects.create_superuser("owner", "owner@acme.test"))


@pytest.fixture
def member(tenant) -> Callable[[str], Client]:
    """Make a client of somebody with a role, on acme's host: `member("viewer")`."""

    def signed_in(role: str) -> Client:
        return sign_in(tenant, make_member(f"{role}@acme.test", role=role))

    return signed_in


@pytest.fixture(scope="session")
def site(django_db_setup, django_db_blocker) -> Iterator[LiveServer]:
    """A real HTTP server on the test database, without pytest-django's flush."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
        "true"  # playwright keeps an event loop in this thread
    )
    with django_db_blocker.unblock():
        server = LiveServer("localhost:0")
        yield server
        server.stop()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    path = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )
    if not path:
        pytest.skip("no chromium on this machine")
    flags = [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
    ]
    return {**browser_type_launch_args, "executable_path": path, "args": flags}
