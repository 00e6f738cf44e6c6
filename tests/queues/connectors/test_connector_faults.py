"""What goes wrong between a desk and a ticketing system: one sentence each, nothing lost, nothing sent twice."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from data.errors import ConnectorError, DoubtError, RefusedError, UnreachableError
from data.records.outbox import OutboxState
from queues.connectors.base import Batch, Filed, connector_class
from queues.remotes.links import LinkState
from tests.servers.connector_worlds import reply
from tests.servers.desk_at_mail import until
from tests.servers.front import Front, certificate
from tests.servers.system_worlds import SystemWorld

TEXT = "¿Qué tal? Ya está: «niño», 100 €, 🎉."


@pytest.fixture
def system(failing_system: SystemWorld) -> SystemWorld:
    """Give each system."""
    return failing_system


@pytest.fixture
def web_system(failing_system: SystemWorld) -> SystemWorld:
    """Give the systems that are reached over HTTP: these faults are made between."""
    if not failing_system.over_http:
        pytest.skip("is not reached over HTTP")
    return failing_system


def answered(system: SystemWorld) -> None:
    """Have a customer write, and an agent answer; the answer has not left."""
    system.write()
    system.sync()
    system.act(system.tickets()[0].id, reply(TEXT))


def arrives_once(system: SystemWorld) -> None:
    for _ in range(2):
        system.sync()
    assert (system.states(), system.delivered()) == ([OutboxState.SENT], [TEXT])
    link = system.desk.link()
    assert link is not None
    assert (link.state, link.sentence) == (LinkState.ONLINE, "")


def test_an_expired_secret_is_told_and_a_new_one_heals(web_system: SystemWorld) -> None:
    system = web_system
    answered(system)
    good, system.desk.token = system.desk.token, "1-36-0000"
    with pytest.raises(ConnectorError, match=r"does not accept the (token|password); it may have expired") as caught:
        system.sync()
    assert "\n" not in caught.value.message
    link = system.desk.link()
    assert link is not None
    assert (link.state, link.sentence, system.states()) == (
        LinkState.OFFLINE, caught.value.message, [OutboxState.QUEUED],
    )  # fmt: skip
    system.desk.token = good
    arrives_once(system)


def test_a_busy_server_is_left_alone_as_long_as_it_says(web_system: SystemWorld) -> None:
    system = web_system
    answered(system)
    with Front(system.desk.tracker.url) as front:
        front.refusal = (429, {"Retry-After": "900"})
        system.desk.go_by(front.url)
        system.desk.start()
        until(lambda: system.desk.said)
        system.desk.stop()
        assert len(front.heard) == 1
        assert "asks to wait 900 seconds" in system.desk.said[0]
        assert system.states() == [OutboxState.QUEUED]
        front.refusal = None
        arrives_once(system)


def test_a_server_that_went_and_came_back_gets_the_reply_once(system: SystemWorld) -> None:
    answered(system)
    with system.gone() as back:
        with pytest.raises(UnreachableError, match="it is tried again") as caught:
            system.sync()
        assert "\n" not in caught.value.message
        assert system.states() == [OutboxState.QUEUED]
        back()
        arrives_once(system)


def test_a_certificate_of_nobody_known_or_of_another_host_is_told_before_the_secret(
    web_system: SystemWorld, tmp_path: Path
) -> None:
    system = web_system
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    answered(system)
    folder = certificate(tmp_path)
    with Front(system.desk.tracker.url, tls=folder) as front:
        named = front.url.replace("127.0.0.1", "localhost")
        for url, ca_file in ((named, ""), (front.url, str(folder / "ca.pem"))):
            system.desk.go_by(url, ca_file)
            with pytest.raises(UnreachableError, match=r"certificate that cannot be trusted.* no token was sent"):
                system.sync()
        assert front.heard == []
        assert system.states() == [OutboxState.QUEUED]
        system.desk.go_by(named, str(folder / "ca.pem"))
        arrives_once(system)


@pytest.mark.parametrize("error", [RefusedError, ConnectorError, UnreachableError, None])
def test_a_reply_in_doubt_that_cannot_be_looked_for_holds_nothing_else_up(
    system: SystemWorld, error: type[ConnectorError] | None
) -> None:
    answered(system)

    def lost() -> None:
        raise DoubtError("In doubt", "The connection was ended by the test.")

    with system.before_the_last_byte(lost):
        system.sync()
    assert system.states() == [OutboxState.IN_DOUBT]
    connector, moved = connector_class(system.kind), system.refs[0]
    look = connector.look

    def looked(one: Any, ref: str, filed: Filed) -> Batch | None:
        if ref != moved:
            answer: Batch | None = look(one, ref, filed)
            return answer
        if error is None:
            return Batch((), {}, {}, "", more=False)
        raise error("Access denied", "The ticket is another group's.")

    with patch.object(connector, "look", looked):
        system.write()
        system.sync()
        system.act(system.tickets()[-1].id, reply("Otra respuesta."))
        system.sync()
    assert (system.states(), system.delivered()) == ([OutboxState.IN_DOUBT, OutboxState.SENT], ["Otra respuesta."])
    told = [sentence for sentence in system.desk.said if "a reply stays in doubt" in sentence]
    assert told
    assert all(("no longer shows its ticket" if error is None else "another group's") in one for one in told)


def test_a_fetch_that_is_cut_anywhere_is_made_good_by_the_next(web_system: SystemWorld) -> None:
    system, cuts = web_system, 0
    for _ in range(3):
        system.write()
    while True:
        system.desk.cut_after(cuts + 1)
        try:
            system.sync()
        except UnreachableError:
            cuts += 1
        else:
            break
    assert cuts > 2
    system.sync()
    assert len(system.tickets()) == 3
    assert [len(system.messages_of(ticket)) for ticket in system.tickets()] == [1, 1, 1]
