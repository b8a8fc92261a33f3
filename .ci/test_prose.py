"""Tests of prose.py: `python3 .ci/test_prose.py`."""

import unittest

import prose


def found(text: str, ending: str = ".md") -> list[str]:
    return [message for _, message in prose.findings(text, ending, ending == ".md")]


class Words(unittest.TestCase):
    def test_finds_old_fashioned_words_in_markdown(self) -> None:
        for text in [
            "Whoever stays keeps the password.",
            "Somebody must decide.",
            "This is no file of credentials.",
            "They are no students.",
            "It is read anew.",
            "It takes so many bytes.",
            "It would else be lost.",
            "The row is mended.",
            "The school is told.",
            "A row that is to be read.",
            "A law of plans.",
            "A fault of ours.",
            "All but for one.",
            "So long a row may be.",
            "As there.",
            "The system gives no randomness.",
            "The error gives back the accounts.",
            "It is written whole or not at all.",
            "It is written for its owner alone.",
            "It is surely right.",
        ]:
            self.assertEqual(len(found(text)), 1, text)

    def test_accepts_modern_uses_of_the_same_words(self) -> None:
        for text in [
            "There is no plan, and there are no errors.",
            "So long as it fits, it is read.",
            "Nothing but formulas.",
            "It is no longer there.",
            "The fields are No and NOBT.",
            "Two accounts are told apart by their ids.",
            "Call `whoever()` or `is_no_student`.",
            "Send 'mend a record' to the fake.",
            "See [the law](whoever.md).".replace("the law", "the page"),
        ]:
            self.assertEqual(found(text), [], text)

    def test_finds_sentences_whose_subject_begins_with_what_or_who(self) -> None:
        self.assertEqual(len(found("What a row must be.")), 1)
        self.assertEqual(len(found("It works. Who signs in has an account.")), 1)
        for text in ["# What you must do", "What if it fails? It says so.", "| What | Why |", "It says what is wrong."]:
            self.assertEqual(found(text), [], text)


class Sentences(unittest.TestCase):
    def test_limits_the_words_of_a_sentence_only_in_markdown(self) -> None:
        long = " ".join(["word"] * 26) + "."
        self.assertEqual(len(found(long)), 1)
        self.assertEqual(found(" ".join(["word"] * 25) + "."), [])
        self.assertEqual(found(f"/// {long}\n", ".rs"), [])

    def test_counts_words_across_lines_but_not_across_list_items(self) -> None:
        half = " ".join(["word"] * 13)
        self.assertEqual(len(found(f"{half}\n{half}.")), 1)
        self.assertEqual(found(f"* {half}\n* {half}\n"), [])
        self.assertEqual(found(f"{half}.\n{half}.\n"), [])

    def test_does_not_count_words_in_tables_and_code(self) -> None:
        long = " ".join(["word"] * 40)
        self.assertEqual(found(f"| {long} |\n"), [])
        self.assertEqual(found(f"```text\nwhoever {long}\n```\n"), [])
        self.assertEqual(found("Functions: " + ", ".join(["`function`"] * 40) + "."), [])


class Sources(unittest.TestCase):
    def test_checks_comments_and_test_names_in_rust(self) -> None:
        self.assertEqual(len(found("/// Whoever reads.\nfn read() {}\n", ".rs")), 1)
        self.assertEqual(len(found("fn read() {} // whoever reads\n", ".rs")), 1)
        self.assertEqual(len(found("#[test]\nfn whoever_reads() {}\n", ".rs")), 1)
        self.assertEqual(found('fn read() { "whoever // reads" }\n', ".rs"), [])
        self.assertEqual(found("/// ```\n/// let whoever = 1;\n/// ```\n", ".rs"), [])

    def test_checks_docstrings_comments_and_test_names_in_python(self) -> None:
        self.assertEqual(len(found('def f():\n    """Whoever reads."""\n', ".py")), 1)
        self.assertEqual(len(found("x = 1  # whoever reads\n", ".py")), 1)
        self.assertEqual(len(found("def test_whoever_reads(): ...\n", ".py")), 1)
        self.assertEqual(found('x = "whoever"\n', ".py"), [])

    def test_checks_comments_and_test_names_in_typescript(self) -> None:
        self.assertEqual(len(found("/** Whoever reads. */\n", ".ts")), 1)
        self.assertEqual(len(found("/**\n * Reads for\n * whoever asks.\n */\n", ".ts")), 1)
        self.assertEqual(len(found('test("whoever reads", () => {});\n', ".mjs")), 1)
        self.assertEqual(found('const x = "whoever";\n', ".ts"), [])

    def test_reports_the_line_where_a_paragraph_begins(self) -> None:
        lines = [line for line, _ in prose.findings("# Title\n\nOne line\nof whoever.\n", ".md", True)]
        self.assertEqual(lines, [3])


class Subjects(unittest.TestCase):
    def test_limits_the_length_of_commit_subjects(self) -> None:
        self.assertEqual(prose.subject_findings(["a" * 72]), [])
        self.assertEqual(len(prose.subject_findings(["a" * 73, "short"])), 1)


if __name__ == "__main__":
    unittest.main()
