"""Every error that vitrine raises on purpose, each also a Python builtin.

A message says what is wrong, shows the value, names what is accepted, and says what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

DISTRIBUTION = "vitrine-search"
"""The name to install; the one place where it stands besides pyproject.toml."""


class VitrineError(Exception):
    """Base of all; `exit_code` is what the command line returns for it."""

    exit_code = 4


class UsageError(VitrineError, ValueError):
    """The caller asked for something that does not exist or cannot be combined."""

    exit_code = 2


class QueryError(UsageError):
    """A search asks for an unknown field, a value of the wrong kind, or nothing at all."""


class ConfigurationError(VitrineError, RuntimeError):
    """Settings, an encoder or an optional dependency is missing or does not fit."""

    exit_code = 3


class MissingExtraError(ConfigurationError, ImportError):
    """A feature needs packages that the base install leaves out."""


class EncoderMismatchError(ConfigurationError):
    """A shop was built with another encoder than the one at hand."""


class FetchError(VitrineError, OSError):
    """Something could not be had over the network, or was refused for safety."""

    status: int = 0
    """What the server answered, where it did."""


class DataError(VitrineError, ValueError):
    """A catalogue, photo or shop file does not hold what it should."""


class ImageError(DataError):
    """A photo that cannot or must not be decoded; `code` is a stable short name."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ShapeError(DataError):
    """An array has the wrong number of dimensions or the wrong length."""


class NotFoundError(DataError, LookupError):
    """A product, file or encoder of that name does not exist."""


class ShopVersionError(DataError):
    """The shop file was written by a newer release, or is no shop at all."""


class EventsUnavailableError(DataError):
    """The database of events does not answer or cannot be written; nothing was kept."""


class LockedError(VitrineError, TimeoutError):
    """Another process is writing to this shop."""

    exit_code = 5


def unknown(what: str, value: str, known: Iterable[str]) -> str:
    """Say that `value` is no known `what`, list what is, and guess what was meant.

    Example:
        >>> unknown("encoder", "colur", ["colour", "default"])
        "no encoder is called 'colur'; known: colour, default. Did you mean 'colour'?"
    """
    names = sorted(known)
    message = f"no {what} is called {value!r}; known: {', '.join(names) or 'none'}"
    close = get_close_matches(value, names, n=1)
    return f"{message}. Did you mean {close[0]!r}?" if close else message


def missing_extra(feature: str, package: str, extra: str) -> MissingExtraError:
    """Build the error for an optional dependency, with the command that installs it.

    Example:
        >>> str(missing_extra("reading Parquet", "pyarrow", "parquet")).replace(DISTRIBUTION, "...")
        "reading Parquet needs pyarrow, which is not installed: pip install '...[parquet]'"
    """
    return MissingExtraError(
        f"{feature} needs {package}, which is not installed: pip install '{DISTRIBUTION}[{extra}]'"
    )
