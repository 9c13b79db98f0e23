"""Settings: flags > `VITRINE_*` environment variables > `vitrine.toml` > these defaults."""

from __future__ import annotations

from pathlib import Path
from tomllib import TOMLDecodeError

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from vitrine.errors import ConfigurationError


class Settings(BaseSettings):
    """One object, read where a command starts and handed down; nothing reads it globally."""

    model_config = SettingsConfigDict(
        env_prefix="VITRINE_", toml_file="vitrine.toml", extra="forbid", frozen=True
    )

    encoder: str = "colour"
    """Encoder for new shops."""
    models_dir: Path = Field(default_factory=lambda: _cache_dir() / "models")
    """Where downloaded models are kept."""
    offline: bool = False
    """Never open a network connection."""
    threads: int = Field(default=0, ge=0)
    """Worker threads for decoding and inference; 0 takes all cores."""
    max_photo_mb: float = Field(default=50.0, gt=0)
    """Largest photo file that is read."""
    max_photo_megapixels: float = Field(default=120.0, gt=0)
    """Largest photo, decoded, that is accepted."""
    fetch_timeout_s: float = Field(default=20.0, gt=0)
    """Whole time allowed for one photo or feed over the network."""
    fetch_allow_private: bool = False
    """Allow photo URLs on private and loopback addresses (an intranet shop)."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: arguments, environment, vitrine.toml."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls))


def read_settings(**flags: object) -> Settings:
    """Read settings; flags that are None do not override.

    Raises:
        ConfigurationError: a value does not fit, in the environment, the file or a flag.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings(**given)  # pyright: ignore[reportArgumentType]
    except TOMLDecodeError as error:
        raise ConfigurationError(f"vitrine.toml is not valid TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(
            f"setting {name!r} is {first.get('input')!r}: {first['msg']} "
            f"(set by a flag, VITRINE_{name.upper()} or vitrine.toml)"
        ) from error


def _cache_dir() -> Path:
    import os
    import sys

    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return base / "vitrine"
