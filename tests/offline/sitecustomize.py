"""Refuses every connection that is neither loopback nor a Unix socket. Python imports it at its start where this folder
is on PYTHONPATH, as in all processes that tests start; `conftest.py` imports it for the tests themselves."""

import socket

_LOOPBACK = ("127.", "::1", "localhost", "::ffff:127.")
_connect, _connect_ex, _getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo


def _is_near(family: int, host: object) -> bool:
    return family == socket.AF_UNIX or host in ("", None) or str(host).startswith(_LOOPBACK)


def _checked(sock: socket.socket, address: tuple) -> None:
    if sock.family != socket.AF_UNIX and not _is_near(sock.family, address[0]):
        raise OSError(f"tests have no network; something asked for {address[0]}")


def connect(sock, address):
    _checked(sock, address)
    return _connect(sock, address)


def connect_ex(sock, address):
    _checked(sock, address)
    return _connect_ex(sock, address)


def getaddrinfo(host, *arguments, **given):
    name = host.decode() if isinstance(host, bytes) else host
    if not _is_near(-1, name) and name != "0.0.0.0":
        raise socket.gaierror(socket.EAI_NONAME, f"tests have no network; something asked for {name}")
    return _getaddrinfo(host, *arguments, **given)


socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo = connect, connect_ex, getaddrinfo
