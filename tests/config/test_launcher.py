"""./strata on a bad day: each thing the user can mend is one line that says what and how."""

import json
import os
import socket
import stat

import pytest

from config.launcher import demo, down, folders, port, running, services, up
from config.launcher.trouble import Trouble


@pytest.fixture
def own_var(tmp_path, monkeypatch):
    """Another var/: the tests themselves may run under a ./strata that holds the real one."""
    monkeypatch.setattr(running, "RUN", tmp_path)
    monkeypatch.setattr(running, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(running, "STATE", tmp_path / "state.json")
    return tmp_path


def test_a_port_in_use_is_named_with_another_one(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
        monkeypatch.setenv("PORT", str(number))

        with pytest.raises(Trouble) as told:
            port.chosen_port()

    assert str(told.value).startswith(f"Port {number} is in use by ")
    assert str(told.value).endswith(f"PORT={number + 1} ./strata up")


@pytest.mark.parametrize("text", ["", "web", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(monkeypatch, text):
    monkeypatch.setenv("PORT", text)

    with pytest.raises(Trouble, match="is not a port"):
        port.chosen_port()


def test_a_database_out_of_reach_is_said_without_the_password():
    with pytest.raises(Trouble) as told:
        services.ensure_database("postgres://me:secret@127.0.0.1:9/shop")

    assert str(told.value).startswith("PostgreSQL at 127.0.0.1:9/shop cannot be reached: ")
    assert "secret" not in str(told.value)


def test_a_redis_out_of_reach_is_said_without_the_password():
    with pytest.raises(Trouble) as told:
        services.check_redis("redis://:secret@127.0.0.1:9/0")

    assert str(told.value).startswith("Redis at 127.0.0.1:9/0 cannot be reached: ")
    assert "secret" not in str(told.value)


def test_a_second_one_is_told_where_the_first_answers(own_var):
    with running.alone("up"):
        running.describe(command="up", pid=os.getpid(), url="http://demo.localhost:8000/admin/")

        with pytest.raises(Trouble) as told, running.alone("up"):
            pass

    assert "already running at http://demo.localhost:8000/admin/" in str(told.value)
    assert running.current() == {}


def test_a_short_command_in_the_way_is_named(own_var):
    line = r"\./strata manage \(process"

    with running.alone("manage"), pytest.raises(Trouble, match=line), running.alone("up"):
        pass


def test_what_a_second_one_may_learn_is_closed_to_others(own_var):
    with running.alone("up"):
        mode = stat.S_IMODE(running.STATE.stat().st_mode)

    assert mode == 0o600


def test_nothing_to_stop_is_no_error(own_var, capsys):
    assert down.run([]) == 0

    assert capsys.readouterr().out == "Strata is not running.\n"


def test_the_demo_is_not_served_in_production(monkeypatch):
    monkeypatch.setenv("STRATA_ENV", "production")

    with pytest.raises(Trouble, match="known passwords"):
        up.run([])


def test_a_socket_with_too_long_a_path_moves_out(tmp_path):
    deep = tmp_path / ("d" * 90)

    assert folders.socket_folder(tmp_path, longest="s") == tmp_path
    moved = folders.socket_folder(deep, longest=".s.PGSQL.5432.lock")

    assert moved != deep
    assert len(os.fsencode(moved / ".s.PGSQL.5432.lock")) <= folders.SOCKET_LIMIT
    assert moved == folders.socket_folder(deep, longest=".s.PGSQL.5432.lock")


def test_a_folder_that_stands_for_somebody_elses_is_refused(tmp_path):
    target = tmp_path / "theirs"
    target.mkdir()
    link = tmp_path / "link"
    link.symlink_to(target)

    with pytest.raises(Trouble, match="belongs to another user"):
        folders.private_folder(link)


def test_a_private_folder_is_closed(tmp_path):
    made = folders.private_folder(tmp_path / "a" / "b")

    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_what_is_prepared_is_not_looked_at_again(tmp_path, monkeypatch):
    logins, started = [{"user": "owner@demo.localhost"}], []
    monkeypatch.setattr(demo, "spawn", lambda *args, **options: started.append(args))
    note = {"sources": demo._fingerprint(), "logins": logins}
    (tmp_path / "prepared.json").write_text(json.dumps(note))

    preparation = demo.Preparation(beside=tmp_path)
    preparation.start({})

    assert (preparation.logins(), started) == (logins, [])


def test_a_demo_of_other_sources_is(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(demo, "spawn", lambda *args, **options: started.append(args))
    monkeypatch.setattr(demo, "RUN", tmp_path)
    monkeypatch.setattr(demo, "LOG", tmp_path / "prepare.log")
    note = {"sources": "older", "logins": [{"user": "owner@demo.localhost"}]}
    (tmp_path / "prepared.json").write_text(json.dumps(note))

    demo.Preparation(beside=tmp_path).start({})

    assert len(started) == 1
