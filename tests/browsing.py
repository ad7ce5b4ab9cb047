"""A browser at acme's admin, signed in as a person is: by e-mail address and password."""

from typing import Any

PASSWORD = "a-long-enough-sentence"
POLICY = "addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.blockedURI))"


def enter(page: Any, site: Any, *, email: str) -> str:
    """Sign in with PASSWORD and return the address of the admin."""
    home = site.url.replace("//localhost", "//acme.localhost") + "/admin/"
    page.goto(f"{home}login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(home)
    return home


def watch(page: Any, *, kinds: tuple[str, ...] = ("error",)) -> list[str]:
    """Return a list that fills with what goes wrong: lines of the console, errors, the policy."""
    found: list[str] = []
    page.on("console", lambda line: found.append(line.text) if line.type in kinds else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.add_init_script(POLICY)
    return found
