"""Makes students and accounts look like dataclasses, for `dataclasses.asdict` and `pandas.DataFrame(roster)`.
`__init__.py` chooses their fields.
"""

from __future__ import annotations

# Only type checkers import typing, because the import takes time.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Fields:
    """The dataclass fields of a class of records. They are made on first use, because importing dataclasses takes time.
    """

    def __init__(self, names: tuple[str, ...], where_set: tuple[str, ...] = ()) -> None:
        self._names = names
        self._where_set = where_set
        """The names of further fields. A record has these fields only if at least one of them is set."""
        self._made: dict[tuple[str, ...], dict[str, Any]] = {}

    def __get__(self, record: object, kind: type) -> dict[str, Any]:
        names = self._names
        if record is not None and any(getattr(record, name) for name in self._where_set):
            names = (*names, *self._where_set)
        if names not in self._made:
            from dataclasses import fields, make_dataclass

            self._made[names] = {field.name: field for field in fields(make_dataclass(kind.__name__, names))}
        return self._made[names]
