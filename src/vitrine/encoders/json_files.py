"""A model's JSON files, checked against the form that they should have."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from vitrine.errors import ConfigurationError

Form = TypeVar("Form", bound=BaseModel)


def read_json(form: type[Form], path: Path) -> Form:
    """Read a JSON file of a model.

    Raises:
        ConfigurationError: it cannot be read, is no JSON, or a field does not fit.
    """
    try:
        return form.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ConfigurationError(f"{path}: {place}: {first['msg']}") from error
