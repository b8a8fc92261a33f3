"""Handles an upload in FastAPI. It answers 201 with the number of accounts, or 422 with the report as JSON.

pip install fastapi python-multipart uvicorn
uvicorn fastapi_upload:app --app-dir examples
curl -F file=@students.csv http://127.0.0.1:8000/roster
"""

from __future__ import annotations

import logging
from typing import Annotated

import onroll
from fastapi import FastAPI, File
from fastapi.responses import Response

app = FastAPI()
log = logging.getLogger("upload")
MOST_BYTES = 5_000_000


# FastAPI runs a plain `def` in a thread, and onroll releases the GIL, so other requests are answered in the meantime.
@app.post("/roster", status_code=201, response_model=None)
def upload(file: Annotated[bytes, File()]) -> dict[str, int] | Response:
    """Creates accounts from a school's file, or returns the report."""
    if len(file) > MOST_BYTES:
        return Response(status_code=413)
    try:
        roster = onroll.read_csv(file, fix=True)
    except onroll.RosterError as error:
        # str(error) is for logs, and shows no values. The response to the school shows the values of the school's file.
        log.info("%s", error)
        return Response(error.report.to_json(values=True), status_code=422, media_type="application/json")
    accounts = onroll.create_accounts(roster)
    # Save the accounts here, row by row.
    return {"accounts": len(accounts), "put_right": roster.report.fixed_count}
