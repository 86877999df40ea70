"""Tests the promise that the tests, and what they start, run without a network."""

import socket
import subprocess
import sys

import pytest


def test_no_test_reaches_another_host():
    with pytest.raises(OSError, match="no network"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(OSError, match="no network"):
        socket.getaddrinfo("example.com", 80)


def test_nor_does_a_process_that_a_test_starts():
    code = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1 and "no network" in done.stderr
