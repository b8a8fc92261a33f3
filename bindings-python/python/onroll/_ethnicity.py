"""The class `Ethnicity`, a code as a str with a description. `core/src/values/ethnicity/table.rs` has the Department
for Education's codes.
"""

from __future__ import annotations

from ._onroll import ethnicities

# Only type checkers import typing, because the import takes time.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Ethnicity(str):
    """An ethnicity code. It is a `str`, so it compares, sorts and serialises as a `str`.

    >>> import onroll
    >>> code = onroll.ethnicity("BNGN")
    >>> code == "BNGN", code.code, code.description, code.main_code, code.group
    (True, 'BNGN', 'Black - Nigerian', 'BAFR', 'Black')
    """

    __slots__ = ("description", "group", "main_code")

    description: str
    """The meaning of the code, in the Department's words."""
    main_code: str
    """The main code to which the code belongs. A main code belongs to itself."""
    group: str
    """The group of main codes, such as `White`."""

    def __new__(cls, code: str) -> Ethnicity:
        """Returns the ethnicity with exactly this code. Raises `ValueError` for an unknown code."""
        return ethnicity(code)

    @property
    def code(self) -> str:
        """The code, as plain text."""
        return str.__str__(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return (restored, (self.code, self.description, self.main_code, self.group))


def _made(code: str, description: str, main_code: str, group: str) -> Ethnicity:
    made = str.__new__(Ethnicity, code)
    made.description, made.main_code, made.group = description, main_code, group
    return made


ETHNICITIES: tuple[Ethnicity, ...] = tuple(_made(*parts) for parts in ethnicities())
"""The 103 codes of the Department for Education's common basic data set."""

_BY_CODE = {str(each): each for each in ETHNICITIES}


def restored(code: str, description: str, main_code: str, group: str) -> Ethnicity:
    """Returns the Department's code if it has this description and this main code. Otherwise returns a code that a host
    added.
    """
    known = _BY_CODE.get(code)
    if known is not None and (known.description, known.main_code) == (description, main_code):
        return known
    return _made(code, description, main_code, group)


def ethnicity(code: str) -> Ethnicity:
    """Returns the ethnicity with exactly this code. Raises `ValueError` for an unknown code, and `TypeError` for
    anything except a str.

    >>> ethnicity("BAFR").description
    'Black - African'
    """
    if not isinstance(code, str):
        raise TypeError(f"code must be a str, not {type(code).__name__}")
    try:
        return _BY_CODE[code]
    except KeyError:
        raise ValueError("this is not one of the Department for Education's ethnicity codes") from None
