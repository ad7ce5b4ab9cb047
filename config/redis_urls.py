"""One REDIS_URL, read by Celery and by Django's cache, which spell sockets differently."""

from urllib.parse import parse_qs, urlsplit


def database_of(url: str) -> int:
    """Return the database number that `url` names, 0 without one."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return int(parse_qs(parts.query).get("db", ["0"])[0])
    return int(parts.path.strip("/") or 0)


def broker_url(url: str) -> str:
    """Return `url` as kombu writes it."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"redis+socket://{parts.path}?virtual_host={database_of(url)}"
    return url


def numbered(url: str, database: int) -> str:
    """Return `url` with another database number."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={database}"
    return parts._replace(path=f"/{database}").geturl()


def cache_url(url: str) -> str:
    """Return the address of the database after the broker's: neither can empty the other."""
    return numbered(url, database_of(url) + 1)
