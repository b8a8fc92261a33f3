"""The Department for Education's ethnicity codes, as text that knows what it stands for."""

from __future__ import annotations

from ._onroll import ethnicities

# As type checkers know it, without the time that importing typing takes.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Ethnicity(str):
    """An ethnicity code. It is a `str`, the code itself, so that it compares, sorts and serializes as one.

    >>> import onroll
    >>> code = onroll.ethnicity("WIRT")
    >>> code == "WIRT", code.main_code, code.group
    (True, 'WIRT', 'White')
    """

    __slots__ = ("description", "group", "main_code")

    description: str
    """What the code stands for, in the Department's words."""
    main_code: str
    """The main code it rolls up to; its own where it is one."""
    group: str
    """The group of main codes, such as `White`."""

    def __new__(cls, code: str) -> Ethnicity:
        """The code of that spelling; `ValueError` for any other text."""
        return ethnicity(code)

    @property
    def code(self) -> str:
        """The code, as plain text."""
        return str.__str__(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return (ethnicity, (self.code,))


def _made(code: str, description: str, main_code: str, group: str) -> Ethnicity:
    made = str.__new__(Ethnicity, code)
    made.description, made.main_code, made.group = description, main_code, group
    return made


ETHNICITIES: tuple[Ethnicity, ...] = tuple(_made(*parts) for parts in ethnicities())
"""Every code: the 103 of the Department for Education's common basic data set."""

_BY_CODE = {str(each): each for each in ETHNICITIES}


def ethnicity(code: str) -> Ethnicity:
    """The ethnicity of a code, exactly as it is written; `ValueError` if there is none, `TypeError` for what is no str.

    >>> ethnicity("BAFR").description
    'Black - African'
    """
    if not isinstance(code, str):
        raise TypeError(f"code must be a str, not {type(code).__name__}")
    try:
        return _BY_CODE[code]
    except KeyError:
        raise ValueError("this is not one of the Department for Education's ethnicity codes") from None
