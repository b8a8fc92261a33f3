"""From a UK school's roster to working student accounts."""

from ._onroll import __version__, template_csv

__all__ = ["__version__", "template_csv"]
