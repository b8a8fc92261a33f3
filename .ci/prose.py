"""Finds words and constructions that we avoid, sentences that are too long, and commit subjects that are too long.

    python3 .ci/prose.py            # checks every document, comment, docstring and test name
    python3 .ci/prose.py --commits  # checks the subjects of the commits that are not on origin/main yet

CONTRIBUTING.md has the rules. This script needs only the standard library.
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST_SENTENCE = 25
LONGEST_SUBJECT = 72

# Pairs of a pattern and what to write instead. Patterns are few and exact, because a false alarm costs more than a
# missed word.
DENIED = [
    (r"\bwhoever\b", "anyone who; name the person"),
    (r"\bsomebody\b", "a person; name the person"),
    (r"(?<!there )\bis (?-i:no\b)(?! longer| more than| fewer than| less than)\b", "is not"),
    (r"(?<!there )\bare (?-i:no\b)(?! longer| more than| fewer than| less than)\b", "are not"),
    (r"\bso many\b", "the number"),
    (r"\banew\b", "again"),
    (r"\bwould else\b", "otherwise"),
    (r"\bmend(?:s|ed|ing|able)?\b", "fix, correct"),
    (r"\b(?:is|are|was|were|be) told\b(?! apart)", "say who tells"),
    (r"\bthat (?:is|are) to be\b", "that must be"),
    (r"\bsuch as are\b", "which are"),
    (r"\bin the place of\b", "instead of"),
    (r"\bbe had\b", "get"),
    (r"\blaws?\b", "property"),
    (r"\bshort ways?\b", "fast path"),
    (r"\blanes?\b", "fast path"),
    (r"\bnot known of\b", "unknown"),
    (r"\bof ours\b", "our, or the name"),
    (r"\bbut for\b", "except for"),
    (r"(?:^|(?<=[.!?] ))So (?:often|long|much|large) (?!as\b)", "the longest, the number, the time"),
    (r"^As there\b", "as for, with the name of the item"),
    (r"\bg(?:ives?|ave) no randomness\b", "does not supply random bytes"),
    (r"\bin truth\b", "nothing, or really"),
    (r"\bg(?:ives?|iven) back\b", "return"),
    (r"\bwhole or not at all\b", "completely or not at all"),
    (r"\bfor (?:its|their) owner alone\b", "only the owner can read"),
    (r"\b(?:surely|surest)\b", "certainly, most certain"),
    (r"\bthrice\b|\btwain\b|\bwhence\b|\bthereof\b|\bhitherto\b", "a modern word"),
]
PATTERNS = [(re.compile(pattern, re.IGNORECASE), instead) for pattern, instead in DENIED]
# A sentence whose subject is "what" or "who", such as "What a row must be." Questions and headings may have such a
# subject.
SUBJECT = re.compile(r"(?:^|(?<=[.!?] ))(?:What|Who)\b(?! if)[^.?!]*[.!](?: |$)")

SKIPPED = ("core/tests/vectors/", "fuzz/seeds/", "fuzz/corpus/", "fuzz/artifacts/", "target/", "node_modules/", ".ci/test_prose.py")
# Files that a program writes.
GENERATED = ("benches/RESULTS.md", "benches/INSTRUCTIONS.md")


class Piece:
    """A piece of prose: the line where it starts, its text without line breaks, and its kind."""

    def __init__(self, line: int, text: str, kind: str = "text") -> None:
        self.line, self.text, self.kind = line, text, kind


def without_code(text: str) -> str:
    """Replaces inline code, quotes and addresses with placeholders, and removes the targets of links."""
    text = re.sub(r"``?[^`]*``?", "`code`", text)
    text = re.sub(r"(?<!\w)'[^']{1,40}'(?!\w)", "'quoted'", text)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return re.sub(r"https?://\S+", "address", text)


def paragraphs(lines: Iterator[tuple[int, str]]) -> Iterator[Piece]:
    """Yields the paragraphs, list items, headings and table rows of Markdown, each in one line, without fenced code."""
    start, parts, fence = 0, list[str](), ""
    for number, line in lines:
        bare = line.strip()
        if fence:
            fence = "" if bare.startswith(fence) else fence
            continue
        opened = re.match(r"(`{3,}|~{3,})", bare)
        is_alone = bare.startswith(("#", "|", ">", "!["))
        is_item = re.match(r"(?:[-*+]|\d+\.) ", bare)
        if parts and (opened or not bare or is_alone or is_item):
            yield Piece(start, " ".join(parts))
            parts = []
        if opened:
            fence = opened[1]
        elif bare.startswith("#"):
            yield Piece(number, bare.lstrip("# "), "heading")
        elif bare.startswith(("|", ">")):
            yield Piece(number, bare, "table")
        elif bare and not bare.startswith("!["):
            start = start if parts else number
            parts.append(bare[is_item.end() :] if is_item else bare)
    if parts:
        yield Piece(start, " ".join(parts))


def comment_blocks(lines: list[str], mark: str) -> Iterator[Piece]:
    """Yields the comments of a source file. `mark` is a pattern for the start of a comment, such as `//`."""
    block: list[tuple[int, str]] = []
    for number, line in enumerate([*lines, ""], 1):
        found = re.match(rf"\s*{mark} ?(.*)$", line)
        if found:
            block.append((number, found[1]))
            continue
        if block:
            yield from paragraphs(iter(block))
            block = []
        code, quote, tail = line.partition(" // ")
        if quote and code.strip() and code.count('"') % 2 == 0 and mark.startswith("//"):
            yield Piece(number, tail)


def of_rust(text: str) -> Iterator[Piece]:
    lines = text.split("\n")
    yield from comment_blocks(lines, r"//[/!]?(?!/)")
    for number, line in enumerate(lines, 1):
        name = re.match(r"\s*(?:async )?fn (\w+)\(", line)
        if name and any("#[test]" in above or "proptest" in above for above in lines[max(0, number - 6) : number - 1]):
            yield Piece(number, name[1].replace("_", " "), "name")


def of_script(text: str) -> Iterator[Piece]:
    """Yields the line comments, block comments and test names of JavaScript and TypeScript."""
    lines = text.split("\n")
    yield from comment_blocks(lines, r"//")
    block: list[tuple[int, str]] = []
    inside = False
    for number, line in enumerate(lines, 1):
        bare = line.strip()
        inside = inside or bare.startswith("/*")
        if inside:
            block.append((number, re.sub(r"^/?\*+/?|\*/$", "", bare).strip()))
            if bare.endswith("*/"):
                inside = False
                yield from paragraphs(iter(block))
                block = []
        name = re.match(r"""\s*(?:test|it)\((["'`])(.*?)\1""", line)
        if name:
            yield Piece(number, name[2], "name")


def of_python(text: str) -> Iterator[Piece]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and not token.string.startswith(("#!", "# type:", "# noqa", "# pyright")):
            yield Piece(token.start[0], token.string.lstrip("# "))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield Piece(node.lineno, node.name.removeprefix("test_").replace("_", " "), "name")
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node)
            if docstring:
                start = node.body[0].lineno
                yield from paragraphs(iter([(start + n, line) for n, line in enumerate(docstring.split("\n"))]))


def of_hashes(text: str) -> Iterator[Piece]:
    yield from comment_blocks(text.split("\n"), "#")


def of_markdown(text: str) -> Iterator[Piece]:
    yield from paragraphs(iter(enumerate(text.split("\n"), 1)))


READERS = {
    ".md": of_markdown,
    ".rs": of_rust,
    ".py": of_python,
    ".pyi": of_python,
    ".ts": of_script,
    ".mts": of_script,
    ".mjs": of_script,
    ".js": of_script,
    ".toml": of_hashes,
}


def sentences(text: str) -> list[str]:
    """Splits a paragraph at the ends of its sentences."""
    return [part for part in re.split(r"(?<=[.!?])[)*_]*\s+(?=[^\s])", text) if part]


def words(sentence: str) -> int:
    return len([word for word in sentence.split() if re.search(r"\w", word.replace("`code`", ""))])


def findings(text: str, ending: str, is_document: bool) -> Iterator[tuple[int, str]]:
    """Yields the line and the message of each finding in the text of a file."""
    for piece in READERS[ending](text):
        prose = without_code(piece.text)
        for pattern, instead in PATTERNS:
            for found in pattern.finditer(prose):
                yield piece.line, f"'{found[0]}': write {instead}"
        if piece.kind == "text":
            for found in SUBJECT.finditer(prose):
                yield piece.line, f"'{found[0].strip()[:60]}': begin with a verb or a noun"
        if piece.kind == "text" and is_document:
            for sentence in sentences(prose):
                if words(sentence) > LONGEST_SENTENCE:
                    yield piece.line, f"{words(sentence)} words, at most {LONGEST_SENTENCE}: '{sentence[:60]}…'"


def files() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    names = [name for name in listed.stdout.split("\n") if Path(name).suffix in READERS or Path(name).name == "Makefile"]
    return [name for name in names if not any(part in name for part in SKIPPED) and name not in GENERATED and (ROOT / name).exists()]


def check_files() -> int:
    count = 0
    for name in files():
        text = (ROOT / name).read_text(encoding="utf-8")
        ending = Path(name).suffix or ".toml"
        for line, message in sorted(findings(text, ending, ending == ".md")):
            print(f"{name}:{line}: {message}")
            count += 1
    return count


def subject_findings(subjects: list[str]) -> list[str]:
    return [f"{len(subject)} characters, at most {LONGEST_SUBJECT}: {subject}" for subject in subjects if len(subject) > LONGEST_SUBJECT]


def check_commits() -> int:
    def git(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)

    if git("rev-parse", "--verify", "origin/main").returncode == 0:
        log = git("log", "--no-merges", "--format=%s", "origin/main..HEAD")
    else:
        log = git("log", "--no-merges", "--format=%s", "-10")
    if log.returncode != 0:
        print("NOT CHECKED: commit subjects, because there is no history here.")
        return 0
    found = subject_findings(log.stdout.splitlines())
    for message in found:
        print(message)
    return len(found)


if __name__ == "__main__":
    sys.exit(min(1, check_commits() if "--commits" in sys.argv[1:] else check_files()))
