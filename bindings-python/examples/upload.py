"""Handles an upload in plain Python, and answers with the report.

python examples/upload.py            # then: curl --data-binary @students.csv http://127.0.0.1:8000/

It works like a Django view: it takes bytes, returns JSON, and logs no pupil data.
"""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import onroll

MOST_BYTES = 5_000_000
log = logging.getLogger("upload")


def upload(body: bytes, *, sign_in_with_sso: bool = False) -> tuple[HTTPStatus, dict[str, object]]:
    """Creates accounts from a school's upload, or returns the report that says what to correct."""
    try:
        roster = onroll.read_csv(body, sign_in="sso" if sign_in_with_sso else "password", fix=True)
    except onroll.RosterError as error:
        # str(error) is for logs, and shows no values.
        log.info("%s", error)
        problems = [{"row": p.row, "column": p.column, "message": p.message, "fix": p.fix} for p in error.report.problems]
        return HTTPStatus.UNPROCESSABLE_ENTITY, {"ok": False, "problems": problems}
    accounts = onroll.create_accounts(roster)
    # Save the accounts here: accounts.to_json(passwords=True), or row by row.
    log.info("%s accounts", len(accounts))
    return HTTPStatus.CREATED, {"ok": True, "accounts": len(accounts), "put_right": roster.report.fixed_count}


class Handler(BaseHTTPRequestHandler):
    """A minimal server."""

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", "0"))
        if size > MOST_BYTES:
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"ok": False})
            return
        self._answer(*upload(self.rfile.read(size)))

    def _answer(self, status: HTTPStatus, answer: dict[str, object]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    ThreadingHTTPServer(("127.0.0.1", 8000), Handler).serve_forever()
