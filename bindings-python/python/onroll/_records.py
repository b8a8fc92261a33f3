"""Students and accounts as dataclasses have them, for `dataclasses.asdict` and `pandas.DataFrame(roster)`."""

from __future__ import annotations

# As type checkers know it, without the time that importing typing takes.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Fields:
    """The fields of a class of records, made when they are first asked for: importing dataclasses takes its time."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names
        self._made: dict[str, Any] | None = None

    def __get__(self, record: object, kind: type) -> dict[str, Any]:
        if self._made is None:
            from dataclasses import fields, make_dataclass

            self._made = {field.name: field for field in fields(make_dataclass(kind.__name__, self._names))}
        return self._made
