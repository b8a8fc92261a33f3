"""Tests of printed cards, letters and class lists. Chromium converts them to PDF, and the tests count, measure and
decode the contents of the pages.

`make test-cards` runs these tests, and prints which programs it used. If Chromium or Poppler is not installed, `make
test` skips them.
"""

from __future__ import annotations

import datetime
import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, get_args

import onroll
import pytest
from onroll.types import CardLayout

CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
TOOLS = ("pdfinfo", "pdftoppm", "pdftotext")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None or any(shutil.which(tool) is None for tool in TOOLS), reason="Chromium or Poppler is not installed"
)

URL = "https://oakfield.example/sign-in"
LAYOUTS: dict[CardLayout, int] = {"a4-33": 33, "L7160": 21, "L7163": 14, "large": 8}
FIRST = ["Amelia", "Noah", "Zoë", "Siân", "Muhammad", "Olivia", "Łukasz", "Freya", "Kai", "Ada", "Theodore"]
LAST = ["Smith", "Khan", "van Dyck", "O’Neill", "Okafor", "Patel-Jones", "Żak", "Ng", "Featherstone"]
USUAL = [f"{FIRST[n % 11]} {LAST[n % 9]}" for n in range(33)]
LONG = [f"Bartholomew{chr(97 + n % 26) * (1 + n // 26)} Featherstonehaugh-Cholmondeley" for n in range(33)]
RIGHT_TO_LEFT = [
    f"{['محمد', 'فاطمة', 'נועה', 'عبد الرحمن'][n % 4]} {['الخطيب', 'בן־דוד', 'حسين'][n % 3]} {'אבגדהוזחט'[n // 4]}" for n in range(33)
]
WIDE = [f"WWWWWW MMMMMM WWWWWW {chr(65 + n % 26) * (1 + n // 26)}@@" for n in range(33)]


def school(
    names: list[str], *, year: str = "Year 6", class_name: str = "6A", policy: onroll.PasswordPolicy | None = None, sso: bool = False
) -> onroll.Accounts:
    made = (policy or onroll.PasswordPolicy()).generate(len(names))
    shared = {"gender": "Female", "year_group": year, "class_name": class_name}
    address = "pupil.featherstonehaugh{}@oakfield-primary.example"
    rows: list[dict[str, str | None]] = [
        {**shared, "full_name": name, "username": address.format(n) if sso else name, "password": None if sso else made[n]}
        for n, name in enumerate(names)
    ]
    return onroll.Accounts.from_rows(rows, sign_in="sso" if sso else "password")


SCHOOLS: dict[str, tuple[onroll.Accounts, dict[str, Any]]] = {
    "Year 6": (school(USUAL), {}),
    "Reception": (school(USUAL, year="Reception", class_name="Acorns", policy=onroll.PasswordPolicy.pin(5)), {"letters": "both"}),
    "both cases": (school(USUAL), {"letters": "both"}),
    "words": (school(USUAL, policy=onroll.PasswordPolicy.words(3)), {"letters": "lower"}),
    "33 long names": (school(LONG, class_name="Registration 10X/Ma1"), {}),
    "right to left": (school(RIGHT_TO_LEFT), {}),
    "wide letters": (school(WIDE), {}),
    "SSO": (school(USUAL, sso=True), {}),
}


def printed(html: bytes, folder: Path) -> Path:
    """Converts a page to PDF."""
    page, pdf = folder / "page.html", folder / "page.pdf"
    page.write_bytes(html)
    profile = f"--user-data-dir={folder / 'profile'}"
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", profile, f"--print-to-pdf={pdf}"]
    for _ in range(3):
        # Chromium sometimes fails on a busy machine, so we try again.
        subprocess.run([*command, page.as_uri()], capture_output=True, timeout=120)
        if pdf.exists():
            return pdf
    raise AssertionError("Chromium made no PDF in three tries")


def pages(pdf: Path) -> int:
    told = subprocess.run(["pdfinfo", str(pdf)], check=True, capture_output=True, text=True).stdout
    assert re.search(r"Page size: +594\.\d+ x 841\.\d+ pts \(A4\)", told), told
    return int(re.search(r"Pages: +(\d+)", told)[1])  # type: ignore[index]


def codes(pdf: Path, folder: Path) -> list[str]:
    """Returns the QR codes that can be decoded from a print at 150 dpi."""
    import numpy
    import zxingcpp

    for old in folder.glob("at-*.pgm"):
        old.unlink()
    subprocess.run(["pdftoppm", "-r", "150", "-gray", str(pdf), str(folder / "at")], check=True, timeout=120)
    found: list[str] = []
    for picture in sorted(folder.glob("at-*.pgm")):
        head = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", picture.read_bytes())
        assert head is not None
        width, height = int(head[1]), int(head[2])
        pixels = numpy.frombuffer(picture.read_bytes()[head.end() :], dtype=numpy.uint8).reshape(height, width)
        found += [code.text for code in zxingcpp.read_barcodes(pixels)]
    return found


def boxes(pdf: Path) -> list[list[tuple[float, float, float, float, str]]]:
    """Returns the words of each page with their positions, in points."""
    told = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    word = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>')
    return [[(*map(float, found.groups()[:4]), found[5]) for found in word.finditer(page)] for page in told.split("<page ")[1:]]  # type: ignore[misc]


def test_prints_the_versions_of_the_installed_tools(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        for tool, option in [(CHROMIUM, "--version"), (shutil.which("pdftoppm"), "-v"), (shutil.which("soffice"), "--version")]:
            told = subprocess.run([tool, option], capture_output=True, text=True) if tool else None
            print("\n" + ((told.stdout + told.stderr).strip().splitlines()[0] if told else "NOT INSTALLED: a part is passed by"), end="")
    assert get_args(CardLayout)


@needs_chromium
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", SCHOOLS)
def test_long_names_on_cards_add_no_pages(name: str, layout: CardLayout, tmp_path: Path) -> None:
    accounts, options = SCHOOLS[name]
    for url in (None, URL):
        accounts.write_cards(out := io.BytesIO(), layout=layout, sign_in_url=url, **options)
        pdf = printed(out.getvalue(), tmp_path)
        assert pages(pdf) == -(-33 // LAYOUTS[layout])
        # Every word is completely inside the page.
        for page in boxes(pdf):
            assert all(0 <= left and right <= 595 and 0 <= top and bottom <= 842 for left, top, right, bottom, _ in page)
        drawn = out.getvalue().count(b'href="#qr"')
        found = codes(pdf, tmp_path)
        assert found == [URL] * drawn, f"{len(found)} of {drawn} codes are read"
        if url and name in ("Year 6", "Reception"):
            assert drawn == 33
        pdf.unlink()


@needs_chromium
@pytest.mark.parametrize("name", ["33 long names", "wide letters", "right to left", "SSO", "Year 6"])
def test_the_text_of_a_card_stays_within_the_card(name: str, tmp_path: Path) -> None:
    """On a sheet of labels, every word lies within one label."""
    accounts, options = SCHOOLS[name]
    accounts.write_cards(out := io.BytesIO(), layout="L7160", sign_in_url=URL, **options)
    point = 72 / 25.4
    for page in boxes(printed(out.getvalue(), tmp_path)):
        for left, top, right, bottom, word in page:
            column, row = int((left / point - 7.25) // 66), int(((top + bottom) / 2 / point - 15.15) // 38.1)
            assert right / point <= 7.25 + 66 * column + 63.5 + 0.3, word
            assert bottom / point <= 15.15 + 38.1 * (row + 1) + 0.8, word


@needs_chromium
def test_a_qr_code_of_the_longest_allowed_address_can_be_scanned(tmp_path: Path) -> None:
    accounts, _ = SCHOOLS["Year 6"]
    for layout in LAYOUTS:
        with pytest.raises(onroll.AccountError) as caught:
            accounts.write_cards(io.BytesIO(), layout="a4-33" if layout == "large" else layout, sign_in_url=f"{URL}?{'x' * 460}")
        assert caught.value.code == "sign-in-url-too-long"
        most = int(re.search(r"at most (\d+)", str(caught.value))[1])  # type: ignore[index]
        url = f"{URL}?".ljust(most, "x")
        accounts.write_cards(out := io.BytesIO(), layout=layout, sign_in_url=url)
        drawn = out.getvalue().count(b'href="#qr"')
        assert codes(printed(out.getvalue(), tmp_path), tmp_path) == [url] * drawn and drawn > 20
        (tmp_path / "page.pdf").unlink()


@needs_chromium
def test_each_letter_and_each_class_list_fits_on_one_page(tmp_path: Path) -> None:
    accounts, _ = SCHOOLS["Year 6"]
    accounts.write_letters(out := io.BytesIO(), sign_in_url=URL)
    pdf = printed(out.getvalue(), tmp_path)
    assert pages(pdf) == 33
    pdf.unlink()
    accounts.write_class_list(out := io.BytesIO(), passwords=True)
    assert pages(printed(out.getvalue(), tmp_path)) == 1


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_letters_and_class_lists_and_credentials(tmp_path: Path) -> None:
    accounts, _ = SCHOOLS["Year 6"]
    accounts.write_letters(tmp_path / "letters.html", sign_in_url=URL)
    accounts.write_class_list(tmp_path / "list.html")
    accounts.write_credentials(tmp_path / "credentials.csv")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    for file, kind in [("letters.html", "pdf:writer_web_pdf_Export"), ("list.html", "pdf:writer_web_pdf_Export"), ("credentials.csv", "csv")]:
        command = ["soffice", profile, "--headless", "--norestore", "--convert-to", kind, "--outdir", str(tmp_path / "out"), str(tmp_path / file)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    opened = (tmp_path / "out" / "credentials.csv").read_text(encoding="utf-8-sig")
    for account in accounts:
        assert account.password is not None and f"{account.full_name},{account.username},{account.password.expose()}," in opened
    for name in ("letters", "list"):
        pdf = tmp_path / "out" / f"{name}.pdf"
        if not pdf.exists():
            pytest.skip("LibreOffice Writer is not installed: apt-get install libreoffice-writer")
        told = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
        assert all(name in told for name in USUAL)
        if name == "letters":
            assert told.count("\f") >= 33, "one sheet for each student"
            assert all(account.password and account.password.expose() in told for account in accounts)


def test_refuses_invalid_printing_options_and_writes_nothing(tmp_path: Path) -> None:
    accounts, _ = SCHOOLS["Year 6"]
    dest = tmp_path / "cards.html"
    with pytest.raises(ValueError, match=r"layout must be 'a4-33' or 'L7160' or 'L7163' or 'large', not 'a4-34'"):
        accounts.write_cards(dest, layout="a4-34")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="letters must be 'upper'"):
        accounts.write_cards(dest, letters="UPPER")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="wording must be 'username'"):
        accounts.write_cards(dest, wording={"secrt": "x"})  # type: ignore[dict-item]
    for write in (accounts.write_cards, accounts.write_letters, accounts.write_class_list):
        with pytest.raises(onroll.AccountError) as caught:
            write(dest, class_name="9Z")
        assert caught.value.code == "class-not-found"
    with pytest.raises(onroll.AccountError) as caught:
        accounts.write_letters(dest, wording={"letter": "Dear {parent}"})
    assert caught.value.code == "letter-placeholder"
    with pytest.raises(onroll.AccountError) as caught:
        accounts.reset_class("9Z")
    assert caught.value.code == "class-not-found"
    with pytest.raises(TypeError, match="date must be a date, not str"):
        accounts.write_cards(dest, date="2026-09-07")  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_prints_cards_only_for_accounts_whose_passwords_were_reset() -> None:
    accounts = school([*USUAL[:3], "Xenia Ek"])
    accounts.edit("Xenia Ek", class_name="6B")
    before = {account.username: account.password.expose() for account in accounts if account.password}
    reset = accounts.reset_class("6a", passwords=onroll.PasswordPolicy.pin(5))
    assert [account.username for account in reset] == USUAL[:3]
    accounts.write_cards(out := io.BytesIO(), usernames=reset, date=datetime.date(2026, 9, 7), wording={"secret": "Psst!"})
    page = out.getvalue().decode()
    assert page.count("<article>") == 3 and page.count("Psst!") == 3 and page.count("7 Sep 2026") == 3
    for account in reset:
        assert account.password is not None and account.password.expose() in page and len(account.password.expose()) == 5
        assert before[account.username] not in page
    assert accounts["Xenia Ek"].password == onroll.Accounts.from_json(accounts.to_json(passwords=True))["Xenia Ek"].password


def test_refuses_an_unsafe_chosen_password_and_gives_the_reason() -> None:
    accounts = school(["Zoë Lee"])
    for chosen, reason in {"zoe2026": "name", "pass1": "common", "aaa7": "repeated", "kale": "one-kind", "sh1t7": "offensive"}.items():
        with pytest.raises(onroll.AccountError) as caught:
            accounts.set_password("Zoë Lee", chosen)
        assert (caught.value.code, caught.value.reason) == ("password-not-allowed", reason)
        assert chosen not in str(caught.value) or reason == "common"
    accounts.set_password("Zoë Lee", "frog7")
