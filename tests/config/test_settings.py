"""Every setting has its line, and its sentence, in .env.example."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = (ROOT / ".env.example").read_text()


def settings_read() -> set[str]:
    source = (ROOT / "config" / "settings.py").read_text()
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source))


def test_the_example_names_what_is_read_and_nothing_else():
    named = re.findall(r"^#?([A-Z_]+)=", EXAMPLE, re.MULTILINE)

    assert sorted(named) == sorted(settings_read())


def test_each_setting_has_a_sentence_above_it():
    lines = EXAMPLE.splitlines()

    bare = [
        line
        for before, line in zip(["", *lines], lines, strict=False)
        if re.match(r"#?[A-Z_]+=", line) and not re.match(r"# +\S", before)
    ]

    assert bare == []
