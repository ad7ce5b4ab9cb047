"""Content types of several merchants in one process."""

import threading

from django.contrib.contenttypes.models import ContentType
from django.db import connections

from commerce.models import Customer
from tenants.schema import connection


def test_a_new_thread_opens_its_first_connection(committed_tenant):
    found = []

    def look():
        try:
            connection.set_tenant(committed_tenant)
            found.append(ContentType.objects.get_for_model(Customer).model)
        finally:
            connections.close_all()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()

    assert found == ["customer"]
