"""Servers of a run get ports that no outgoing connection can take in the meantime."""

import socket

import pytest

from harness.errors import HarnessError
from harness.storage import server


def test_free_ports_are_different_and_outside_of_the_range_for_outgoing_connections():
    ports = server.free_ports(50)
    assert len(set(ports)) == 50
    assert set(ports) <= set(range(20_000, 30_000))


def test_a_taken_port_is_not_given(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", server.free_port()))
        monkeypatch.setattr(server, "SERVER_PORTS", range(taken.getsockname()[1], taken.getsockname()[1] + 1))
        with pytest.raises(HarnessError, match="no free port"):
            server.free_port()
