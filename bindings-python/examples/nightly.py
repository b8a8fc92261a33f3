"""Syncs a school nightly with Wonde, using httpx, so that the accounts follow the changes in the MIS.

python examples/nightly.py SCHOOL_ID accounts.json        # the token is in WONDE_TOKEN

The first night creates the accounts, and each later night plans the changes. If a guard refuses the plan, a person must
look at it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import httpx
import onroll
from onroll import wonde

LOCKS = wonde.Locks()


def sync(client: wonde.Client, school_id: str, store: Path) -> onroll.Plan:
    """Syncs one night, and returns the applied plan."""
    with wonde.exclusive(LOCKS, school_id):
        roster = client.snapshot(school_id).roster(sign_in="password")
        if store.exists():
            accounts = onroll.Accounts.from_json(store.read_text(encoding="utf-8"))
        else:
            accounts = onroll.Accounts.from_rows([])
        plan = onroll.plan(accounts, roster)
        accounts = plan.apply(accounts)
        # The file contains passwords, so protect it as you protect the printed cards.
        onroll.save_file(store, accounts.to_json(passwords=True))
    for held in roster.held:
        print(f"held: record {held.record}", file=sys.stderr)
    return plan


def main() -> None:
    school_id, store = sys.argv[1:]
    domain = os.environ.get("WONDE_DOMAIN", "api.wonde.com")
    with httpx.Client(follow_redirects=False) as http:

        def send(request: wonde.Request) -> httpx.Response:
            return http.request(
                request.method, request.url, headers=request.headers, content=request.body, timeout=request.timeout
            )

        client = wonde.Client(os.environ["WONDE_TOKEN"], domain, send)
        try:
            print(sync(client, school_id, Path(store)).summary())
        except (wonde.WondeError, onroll.PlanRefused) as error:
            # This text is for logs, and names no child.
            sys.exit(f"{error}; the accounts stay as they are")


if __name__ == "__main__":
    main()
