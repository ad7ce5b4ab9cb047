"""Links for a forgotten password, bound to the merchant they were made for."""

from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator

from tenants.schema import connection


class MerchantTokenGenerator(PasswordResetTokenGenerator):
    """A token that is good once, for two hours, in one schema."""

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{connection.schema_name}:{super()._make_hash_value(user, timestamp)}"


reset_tokens = MerchantTokenGenerator()
