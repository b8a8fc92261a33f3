"""The command: onroll check|fix|accounts|plan|template, also as python -m onroll.

Exits with 0 if all is well, 1 if the roster or the plan is refused, 2 if it could not be tried.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onroll

OK, REFUSED, FAILED = 0, 1, 2
PATIENCE = 0.3
"""After so many seconds a bar is worth showing."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command with these arguments, or those of the command line, and returns its exit code."""
    global _words_to_stderr
    _words_to_stderr = False
    try:
        options = _parser().parse_args(arguments)
    except OSError as error:
        return _failed(error)
    try:
        return _flushed(int(options.run(options)))
    except onroll.RosterError as error:
        return _refused(_json(error.report, options) if options.json else error.report.text())
    except onroll.PlanRefused as error:
        refused = {"refused": error.guard, "numbers": error.numbers}
        return _refused(json.dumps(refused) if options.json else f"{error}\nIf this is right, add: --override {error.guard}")
    except (onroll.OnrollError, ValueError) as error:
        print(f"onroll: {_shown(error)}", file=sys.stderr)
        return FAILED
    except OSError as error:
        return _failed(error)
    except KeyboardInterrupt:
        print("onroll: ended", file=sys.stderr)
        return FAILED


def _refused(text: str) -> int:
    try:
        _print(text)
        return _flushed(REFUSED)
    except OSError as error:
        return _failed(error)


def _failed(error: OSError) -> int:
    what = error.strerror or str(error)
    print(_shown(f"onroll: {error.filename}: {what}" if error.filename else f"onroll: {what}"), file=sys.stderr)
    return FAILED


def _flushed(code: int) -> int:
    """The exit code, once all that was printed has gone out: what is left for the interpreter's end would fail with a trace."""
    _to(sys.stdout, lambda: sys.stdout.flush())
    return code


def _to(stream: Any, write: Callable[[], object]) -> None:
    """Writes to a standard stream. A reader who has gone away has read enough; a full disk is an error of that stream."""
    try:
        write()
    except OSError as error:
        # What the stream still holds must not fail again at the interpreter's end.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        if not isinstance(error, BrokenPipeError):
            error.filename = "standard error" if stream is sys.stderr else "standard output"
            raise


def _check(options: argparse.Namespace) -> int:
    report = onroll.check_csv(_source(options.roster), **_reading(options))
    _print(_json(report, options) if options.json else report.text())
    return OK if report.ok else REFUSED


def _fix(options: argparse.Namespace) -> int:
    reading = _reading(options)
    del reading["fix"]
    fixed = io.BytesIO()
    report = onroll.fix_csv(_source(options.roster), fixed if _is_output(options.out) else options.out, **reading)
    if _is_output(options.out):
        _write(options.out, fixed.getvalue())
    if options.json:
        told = json.loads(_json(report, options))
        _print(json.dumps({**told, "written": report.written, "correctable": report.correctable}))
    else:
        _print(report.text())
        _print(f"Written: {_named(options.out)}" if report.written else _unwritten(report.error_count))
    return OK if report.ok else REFUSED


def _unwritten(problems: int) -> str:
    return f"Nothing was written: {problems} {'problem needs' if problems == 1 else 'problems need'} a person first."


def _accounts(options: argparse.Namespace) -> int:
    stem = Path(options.roster)
    if options.roster == "-" and not options.credentials:
        raise ValueError("with a roster from standard input, name the credentials: --credentials FILE")
    credentials = options.credentials or str(stem.with_name(f"{stem.stem}-credentials.csv"))
    outputs = [to for to in (credentials, options.cards, options.out) if to]
    if sum(_is_output(to) for to in outputs) > 1:
        raise ValueError("only one file can go to standard output")
    for path in outputs:
        # Passwords that were handed out are in it, and nowhere else.
        if not options.overwrite and not _is_output(path) and os.path.isfile(path):
            raise ValueError(f"{path} exists already: choose another name, or say --overwrite.")
    roster = onroll.read_csv(_source(options.roster), **_reading(options))
    accounts = onroll.create_accounts(roster, passwords=_passwords(options))
    # The cards come first, because a wrong address must stop the command before it writes a file.
    page = io.BytesIO()
    if options.cards or options.sign_in_url is not None:
        accounts.write_cards(page, sign_in_url=options.sign_in_url)
    if _is_output(credentials):
        content = io.BytesIO()
        accounts.write_credentials(content)
        _write(credentials, content.getvalue())
    else:
        accounts.write_credentials(credentials)
    written = {"credentials": _named(credentials)}
    if options.cards:
        _write(options.cards, page.getvalue())
        written["cards"] = _named(options.cards)
    if options.out:
        _write(options.out, accounts.to_json(passwords=True).encode())
        written["accounts"] = _named(options.out)
    if options.json:
        report = json.loads(_json(roster.report, options))
        _print(json.dumps({"accounts": len(accounts), "report": report, "written": written}))
    else:
        _print(roster.report.text())
        files = ", ".join(f"{what} in {_shown(path)}" for what, path in written.items())
        _print(f"{len(accounts)} accounts: {files}")
    return OK


def _plan(options: argparse.Namespace) -> int:
    if options.accounts == "-" == options.roster:
        raise ValueError("only one file can come from standard input")
    kept = sys.stdin.buffer.read() if options.accounts == "-" else Path(options.accounts).read_bytes()
    accounts = onroll.Accounts.from_json(kept.decode())
    plan = onroll.plan(
        accounts,
        onroll.read_csv(_source(options.roster), **_reading(options)),
        max_leavers=options.max_leavers,
        leaving_years=options.leaving,
        erased=options.erased,
        override_guards=options.override,
        passwords=_passwords(options),
    )
    if options.apply:
        _write(options.apply, plan.apply(accounts).to_json(passwords=True).encode())
    _print(plan.to_json() if options.json else plan.diff())
    return OK


def _template(options: argparse.Namespace) -> int:
    if options.out and not _is_output(options.out):
        onroll.save_file(options.out, onroll.template_csv())
    else:
        _print(onroll.template_csv().replace("\r\n", "\n"))
    return OK


def _reading(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "sign_in": "sso" if options.sso else "password",
        "fix": getattr(options, "fix", False),
        "any_order": options.any_order,
        "optional_columns": options.optional_columns,
        "main_codes_only": options.main_codes_only,
        "progress": _bar() if sys.stderr.isatty() else None,
    }


def _passwords(options: argparse.Namespace) -> onroll.PasswordPolicy:
    if options.pin:
        return onroll.PasswordPolicy.pin(options.pin)
    if options.words:
        return onroll.PasswordPolicy.words(options.words)
    return onroll.PasswordPolicy.characters(options.characters)


def _bar() -> Callable[[int, int], None]:
    """A progress bar on standard error, for what takes longer than a moment."""
    begun = time.monotonic()

    def show(done: int, of: int) -> None:
        if time.monotonic() - begun > PATIENCE:
            part = done / of if of else 1.0
            end = "\r" if done < of else "\r" + " " * 50 + "\r"
            print(f"[{'#' * round(30 * part):30}] {part:4.0%}", end=end, file=sys.stderr, flush=True)

    return show


_words_to_stderr = False
"""Whether a file goes to standard output, so that messages go to standard error."""


def _print(text: str) -> None:
    stream = sys.stderr if _words_to_stderr else sys.stdout
    _to(stream, lambda: print(text.rstrip("\n"), file=stream))


def _json(report: onroll.Report, options: argparse.Namespace) -> str:
    return report.to_json(values=options.values)


def _is_output(file: str | None) -> bool:
    return file in ("-", "/dev/stdout")


def _source(file: str) -> Any:
    """Where a roster comes from."""
    return sys.stdin.buffer if file == "-" else file


def _write(file: str, content: bytes) -> None:
    """Writes a file; to standard output, so that messages go to standard error."""
    global _words_to_stderr
    if _is_output(file):
        _words_to_stderr = True
        _to(sys.stdout, lambda: sys.stdout.buffer.write(content))
    else:
        onroll.save_file(file, content)


def _named(file: str) -> str:
    """A file in the words of a message."""
    return "standard output" if _is_output(file) else _shown(file)


def _shown(text: object) -> str:
    """A text in which nothing moves the cursor or hides: a file may be named anything."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(text))


class _Parser(argparse.ArgumentParser):
    """Prints the help and the version as all else is printed."""

    def _print_message(self, message: str, file: Any = None) -> None:
        stream = file or sys.stderr
        _to(stream, lambda: print(message, end="", file=stream, flush=True))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="onroll", description="From a UK school's roster to working student accounts.")
    parser.add_argument("--version", action="version", version=f"onroll {onroll.__version__}")
    commands = parser.add_subparsers(required=True, metavar="check|fix|accounts|plan|template")

    reading = _Parser(add_help=False)
    reading.add_argument("roster", help="the school's CSV file, or - for standard input")
    reading.add_argument("--sso", action="store_true", help="students sign in with SSO: usernames are email addresses")
    reading.add_argument("--any-order", action="store_true", help="take the columns in any order")
    reading.add_argument("--optional-columns", action="store_true", help="take a file without the optional columns")
    reading.add_argument("--main-codes-only", action="store_true", help="take only the main ethnicity codes")
    fixing = _Parser(add_help=False)
    fixing.add_argument("--fix", action="store_true", help="make every safe fix while reading")
    output = _Parser(add_help=False)
    output.add_argument("--json", action="store_true", help="print JSON")
    output.add_argument("--values", action="store_true", help="with --json, show what is in the cells: personal data")
    passwords = _Parser(add_help=False)
    kinds = passwords.add_mutually_exclusive_group()
    kinds.add_argument("--characters", type=int, default=4, metavar="N", help="passwords of so many characters; 4")
    kinds.add_argument("--pin", type=int, metavar="N", help="passwords of so many digits")
    kinds.add_argument("--words", type=int, metavar="N", help="passwords of so many words")

    def command(name: str, run: Callable[[argparse.Namespace], int], *parents: _Parser, text: str) -> Any:
        made = commands.add_parser(name, parents=list(parents), help=text, description=text)
        made.set_defaults(run=run)
        return made

    command("check", _check, reading, fixing, output, text="say everything that is wrong with a file")
    fix = command("fix", _fix, reading, output, text="write the file with every safe fix made")
    fix.add_argument("out", help="the corrected file, or - for standard output; may be the same")
    accounts = command("accounts", _accounts, reading, fixing, passwords, output, text="make accounts and credentials")
    accounts.add_argument("--credentials", metavar="FILE", help="the credentials CSV, or - for standard output; beside the roster by default")
    accounts.add_argument("--cards", metavar="FILE", help="login cards to print, as HTML")
    accounts.add_argument("--overwrite", action="store_true", help="replace files that exist: the passwords in them are lost")
    accounts.add_argument("--sign-in-url", metavar="URL", help="an https address for the cards")
    accounts.add_argument("--out", metavar="FILE", help="the accounts as JSON, for a later plan; passwords are in it")
    plan = command("plan", _plan, reading, fixing, passwords, output, text="say who joins, leaves and moves")
    plan.add_argument("--accounts", required=True, metavar="FILE", help="the accounts as JSON, from --out or --apply, or - for standard input")
    plan.add_argument("--apply", metavar="FILE", help="write the accounts as the plan makes them; passwords are in it")
    plan.add_argument("--max-leavers", type=float, default=0.1, metavar="PART", help="how many may leave; 0.1")
    plan.add_argument("--leaving", action="append", default=[], metavar="YEAR", help="a year that leaves in summer")
    plan.add_argument("--erased", action="append", default=[], metavar="ID", help="a student never to make again")
    plan.add_argument("--override", action="append", default=[], metavar="GUARD", help="a guard to override")
    template = command("template", _template, output, text="print the template that a school fills in")
    template.add_argument("--out", metavar="FILE", help="write it to a file instead")
    return parser


if __name__ == "__main__":
    sys.exit(main())
