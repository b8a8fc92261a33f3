"""Tests of named_files.py: `python3 .ci/test_named_files.py`."""

import tempfile
import unittest
from pathlib import Path

import named_files


class NamedFiles(unittest.TestCase):
    def test_finds_a_name_without_a_file_in_comments_only(self):
        with tempfile.TemporaryDirectory() as folder:
            named_files.ROOT = Path(folder)
            source = Path("core/src/plan.rs")
            others = ["core/src/plan/near.rs", "core/src/plan/guard.rs", "core/src/check/row.rs"]
            for file in others:
                (named_files.ROOT / file).parent.mkdir(parents=True, exist_ok=True)
                (named_files.ROOT / file).touch()
            lines = [
                "//! See `near.rs`, `plan/guard.rs`, `check/row.rs` and `lost.rs`.",
                'let path = "`gone.rs`";',
            ]
            (named_files.ROOT / source).write_text("\n".join(lines), encoding="utf-8")
            (named_files.ROOT / "CONTRIBUTING.md").write_text("| a | `check/row.rs` and `check/rows.rs` |")
            tracked = {source, *map(Path, others)}
            self.assertEqual(
                list(named_files.missing(tracked)),
                [
                    "CONTRIBUTING.md:1: there is no file check/rows.rs",
                    "core/src/plan.rs:1: there is no file lost.rs",
                ],
            )


if __name__ == "__main__":
    unittest.main()
