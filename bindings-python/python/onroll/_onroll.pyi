__all__ = ["__version__", "template_csv"]

__version__: str

def template_csv() -> str:
    """The template that a school fills in: the nine headings, as a CSV file with CR LF."""
