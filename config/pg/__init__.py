"""A database backend whose tenant connections never fall through to `public`."""
