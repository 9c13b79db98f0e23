"""The catalogue that comes with the package."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from vitrine.errors import DISTRIBUTION, ConfigurationError


def demo_source() -> Path:
    """Folder of the bundled catalogue: products.csv and images/.

    Raises:
        ConfigurationError: the package was installed without it.
    """
    folder = Path(str(files("vitrine.demo").joinpath("data")))
    if not (folder / "products.csv").is_file():
        raise ConfigurationError(
            f"the demo catalogue is not in {folder}; install the whole package again: "
            f"pip install --force-reinstall {DISTRIBUTION}"
        )
    return folder
