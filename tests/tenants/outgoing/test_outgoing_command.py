"""Pausing everything that goes out, from the command line, and what the operator is told."""

import pytest
from django.core.management import CommandError, call_command
from django_tenants.utils import schema_context

from tenants import effect_targets, effects
from tenants.access.models import Effect
from tenants.effect_sending import send_page
from tenants.status import read_status
from tests.tenants.outgoing.conftest import add
from tests.tenants.outgoing.test_effects import NOW, ONE


def keys() -> set[str]:
    with schema_context("public"):
        return {problem.key for problem in read_status().found}


@pytest.mark.parametrize("whose", [["--tenant", "acme"], ["--installation"]])
def test_what_goes_out_is_paused_and_resumed(probe, capsys, whose):
    add("a")
    call_command("outgoing", "pause", *whose)

    assert send_page(ONE, at=NOW).taken == 0
    assert ("outgoing" in keys()) == (whose == ["--installation"])
    call_command("outgoing", "show", *whose)
    assert "paused since" in capsys.readouterr().out

    call_command("outgoing", "resume", *whose)
    assert send_page(ONE, at=NOW).done == 1
    assert "not paused" in capsys.readouterr().out


def test_one_merchants_pause_holds_nobody_else(other_tenant, probe):
    call_command("outgoing", "pause", "--tenant", "globex")

    assert effect_targets.outgoing_pause() is None


@pytest.mark.parametrize("whose", [[], ["--tenant", "nobody"], ["--tenant", "a", "--installation"]])
def test_wrong_use_is_said(tenant, whose):
    with pytest.raises(CommandError) as error:
        call_command("outgoing", "pause", *whose)

    assert error.value.returncode == 2


def test_the_operator_is_told_of_targets_that_stand_paused(probe):
    add("a")
    probe.answers["a"] = effects.broken("It says it is gone for good (410).")
    send_page(ONE, at=NOW)

    assert "failing_targets" in keys()

    effect_targets.resume_target(ONE)
    assert "failing_targets" not in keys()
    assert Effect.objects.get().state == "waiting"
