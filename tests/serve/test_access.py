"""Who may ask what: tokens, hosts, origins, sizes, and what is found without any of them."""

import socket
import warnings

import httpx
import pytest
from serve.conftest import client_of
from support.plain_http import NOBODY

from abm_desktop.inputs import InputError
from abm_desktop.live import LiveMarket
from abm_desktop.remote.address import find_server, running_servers
from abm_desktop.serve.app import described
from abm_desktop.serve.server import Server
from abm_desktop.serve.session import ServedSession

OPEN = {"/api/v1/health", "/api/v1/openapi.json"}


@pytest.fixture(scope="module")
def paths(server):
    """Every path of the description, with its methods."""
    return described(ServedSession(LiveMarket()), server.access).openapi()["paths"]


def _routes(paths):
    for path, methods in paths.items():
        filled = path.replace("{", "").replace("}", "")
        for method in methods:
            yield method.upper(), filled


def test_the_description_is_made_without_warnings(http, server):
    assert http.get("/health").status_code == 200  # now its own thread sets no filters
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        described(ServedSession(LiveMarket()), server.access).openapi()


def test_every_route_asks_for_a_token_and_says_so(server, paths):
    found = list(_routes(paths))
    for path, methods in paths.items():
        needed = [] if path in OPEN else [{"token": []}]
        assert all(operation["security"] == needed for operation in methods.values()), path
    assert len(found) >= 40
    with httpx.Client(base_url=server.url, timeout=60.0, verify=NOBODY) as client:
        for method, path in found:
            answer = client.request(method, path)
            if path in OPEN:
                assert answer.status_code == 200
                continue
            assert answer.status_code == 401, (method, path)
            assert answer.json()["code"] == "no_token" and answer.json()["remedy"]


def test_any_command_is_described(paths):
    body = paths["/api/v1/commands"]["post"]["requestBody"]["content"]["application/json"]
    assert len(body["schema"]["oneOf"]) > 20


def test_who_may_read_changes_nothing(server, paths):
    with client_of(server, server.access.read_token) as reader:
        assert reader.get("/info").status_code == 200
        for method, path in _routes(paths):
            if method != "GET":
                answer = reader.request(method, path.removeprefix("/api/v1"))
                assert (answer.status_code, answer.json()["code"]) == (403, "read_only")


def test_a_token_in_the_address_is_none(server):
    token = server.access.control_token
    assert (
        httpx.get(
            timeout=60.0, verify=NOBODY, url=f"{server.url}/api/v1/info", params={"token": token}
        ).status_code
        == 401
    )


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example:80"}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_requests_from_elsewhere_are_refused(server, headers, status):
    given = {"Authorization": f"Bearer {server.access.control_token}", **headers}
    request = httpx.Request("POST", f"{server.url}/api/v1/market/pause", headers=given)
    with httpx.Client(timeout=60.0, verify=NOBODY) as client:
        assert client.send(request).status_code == status


def test_a_body_that_is_announced_too_large_is_not_read(server):
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as plain:
        plain.sendall(
            f"POST /api/v1/market HTTP/1.1\r\nHost: {host}:{port}\r\n"
            f"Authorization: Bearer {server.access.control_token}\r\n"
            "Content-Length: 99999999999\r\n\r\n".encode()
        )
        assert plain.recv(4096).startswith(b"HTTP/1.1 413")


def test_a_body_that_grows_is_cut_off(server, http):
    def parts():
        for _ in range(80):
            yield b"x" * 2**20

    try:
        answer = http.post("/market", content=parts())
    except httpx.TransportError:
        return  # the server has hung up
    assert answer.status_code == 413


def test_an_address_that_others_reach_needs_tls():
    with pytest.raises(InputError, match="TLS"):
        Server(ServedSession(LiveMarket()), host="0.0.0.0")


def test_a_server_is_found_by_its_file_which_goes_with_it():
    live = LiveMarket()
    first, second = Server(ServedSession(live)), Server(ServedSession(live))
    first.start()
    assert find_server() == first.address()
    second.start()
    assert {each.url for each in running_servers()} == {first.url, second.url}
    with pytest.raises(InputError, match="2 servers"):
        find_server()
    assert find_server(second.url).token == second.access.control_token
    first.stop()
    assert running_servers() == [second.address()]
    second.stop()
    assert running_servers() == []
    live.close()


def test_what_the_file_holds_is_for_this_user_alone(runtime_folder):
    server = Server(ServedSession(LiveMarket()))
    server.start()
    (file,) = runtime_folder.glob("server-*.json")
    assert file.stat().st_mode & 0o777 == 0o600
    assert server.access.control_token not in repr(server.address())
    server.stop()


def test_pages_at_docs_need_no_network(server):
    page = httpx.get(timeout=60.0, verify=NOBODY, url=f"{server.url}/docs").text
    assert "http://" not in page.replace(server.url, "") and "https://" not in page
    script = page.split('<script src="')[1].split('"')[0]
    assert httpx.get(timeout=60.0, verify=NOBODY, url=f"{server.url}{script}").status_code == 200
