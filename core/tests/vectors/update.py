"""Writes the new results into the vectors of `read/`, so that a person can review the difference.

    VECTORS_SEEN=/tmp/seen.jsonl cargo test -p onroll --test behaviour every_vector
    python3 core/tests/vectors/update.py /tmp/seen.jsonl
"""

import json
import sys
from pathlib import Path

READ = Path(__file__).parent / "read"
USUAL = {"problems": [], "fixed": [], "blank_rows": 0}


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def written(case: dict[str, object]) -> str:
    """Returns a case as text. A list of problems or students has one line for each of them."""
    lines = []
    for key, value in case.items():
        if key in USUAL and value == USUAL[key]:
            continue
        text = compact(value)
        if key in ("problems", "fixed", "students") and value:
            text = "[\n" + ",\n".join(f"    {compact(each)}" for each in value) + "\n  ]"
        lines.append(f"  {compact(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}"


KEYS = ["name", "file", "options", "problems", "fixed", "students", "blank_rows", "corrected"]
PROBLEM = ["code", "row", "line", "cell", "column", "value", "fix", "safe", "byte"]

seen = {}
for line in Path(sys.argv[1]).read_text(encoding="utf-8").split("\n"):
    case = json.loads(line)
    seen[case.pop("of"), case["name"]] = case
for file in sorted(READ.glob("*.json")):
    before = file.read_text(encoding="utf-8")
    cases = []
    for case in json.loads(before):
        case = {**case, **seen.get((file.name, case["name"]), {})}
        for key in ("problems", "fixed"):
            case[key] = [{name: each[name] for name in PROBLEM if name in each} for each in case.get(key, [])]
        cases.append(written({key: case[key] for key in KEYS if key in case}))
    after = "[\n" + ",\n".join(cases) + "\n]\n"
    if json.loads(after) != json.loads(before):
        file.write_text(after, encoding="utf-8")
        print(file.name)
