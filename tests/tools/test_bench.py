"""The benchmark itself is no test; what it computes with is tested here."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.bench.figures import Figure, median_ratio, write
from tests.bench.load import Refused, drive


@pytest.mark.parametrize(
    ("figure", "line"),
    [
        (Figure("path_vs_bare", 64.26, "%", ">= 60"), "path_vs_bare 64.3 % >= 60"),
        (Figure("path_vs_bare", 59.9, "%", ">= 60"), "path_vs_bare 59.9 % >= 60  MISSED"),
        (Figure("path_queries", 8, "queries", "<= 8"), "path_queries 8 queries <= 8"),
        (Figure("path_queries", 9, "queries", "<= 8"), "path_queries 9 queries <= 8  MISSED"),
        (Figure("bare_html", 9.5, "KB"), "bare_html 9.5 KB -"),
    ],
)
def test_a_figure_is_one_line_and_a_missed_bound_is_shouted(figure, line):
    assert str(figure) == line
    assert figure.holds is not line.endswith("MISSED")


def test_ratios_are_taken_within_a_round_so_a_slow_round_does_not_count():
    # Rounds: 300/500 = 60 %, 30/50 = 60 % while a neighbour was busy, 350/500 = 70 %.
    assert median_ratio([300, 30, 350], [500, 50, 500]) == 60.0


def test_figures_are_kept_as_json(tmp_path):
    write([Figure("path_queries", 7, "queries", "<= 8")], tmp_path / "build" / "bench.json")

    assert json.loads((tmp_path / "build" / "bench.json").read_text()) == [
        {"name": "path_queries", "value": 7, "unit": "queries", "bound": "<= 8", "holds": True}
    ]


@pytest.fixture
def site():
    """A site that knows two people by their cookies and one missing page; yields its port and who called."""
    callers = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            callers.append((self.path, self.headers["Cookie"]))
            body = b"x" * 9000
            self.send_response(200 if self.path != "/missing" else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port, callers
        server.shutdown()
        thread.join()


def test_load_asks_as_each_person_in_turn(site):
    port, callers = site

    result = drive(
        port=port, addresses=["/a", "/b"], cookies=["s=ada", "s=bruno"], connections=2, seconds=0.05
    )

    assert set(callers) == {("/a", "s=ada"), ("/b", "s=bruno")}
    assert result["all_requests"] <= len(callers) <= result["all_requests"] + 2
    assert result["per_second"] * 0.05 <= result["all_requests"]


def test_load_refuses_to_measure_anything_but_success(site):
    port, _callers = site

    with pytest.raises(Refused, match="404"):
        drive(port=port, addresses=["/missing"], cookies=["s=ada"], connections=1, seconds=0.05)
