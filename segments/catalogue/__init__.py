"""All that a merchant may ask about a customer: to add a field, add one line in its family's file.

`StoreCatalogue` is the whole of it for the merchant whose schema the connection stands in.
"""

from segments.catalogue.store import StoreCatalogue

__all__ = ["StoreCatalogue"]
