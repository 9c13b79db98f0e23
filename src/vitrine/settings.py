"""Settings: flags > `VITRINE_*` environment variables > `vitrine.toml` > these defaults."""

from __future__ import annotations

from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from vitrine.errors import ConfigurationError


def _names(value: object) -> object:
    """Read names as an environment variable writes them, with commas between them."""
    if isinstance(value, str):
        return tuple(name.strip() for name in value.split(",") if name.strip())
    return value


Names: TypeAlias = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)]
"""Several names: a list in vitrine.toml, with commas in the environment."""


class Settings(BaseSettings):
    """One object, read where a command starts and handed down; nothing reads it globally."""

    model_config = SettingsConfigDict(
        env_prefix="VITRINE_", toml_file="vitrine.toml", extra="forbid", frozen=True
    )

    encoder: str = "default"
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
    collect_contact: str = ""
    """Mail or page for those whose servers `vitrine collect` asks; stands in its user agent."""
    chromium: str = ""
    """Program of Chromium for pages that scroll; else Playwright's own, else the system's."""
    instagram_token: SecretStr = SecretStr("")
    """Your own token for Instagram's Graph API; better in the environment than in a file."""
    instagram_user_id: str = ""
    """Number of the Instagram business or creator account that the token is for."""
    events_url: SecretStr = SecretStr("")
    """PostgreSQL database for what visitors do (postgresql://...); empty keeps it in the shop."""
    events_kept_days: float = Field(default=0.0, ge=0)
    """How long events are kept; 0 keeps them for ever."""
    serve_host: str = "127.0.0.1"
    """Address that `vitrine serve` listens on."""
    serve_port: int = Field(default=8000, ge=0, le=65_535)
    """0 takes any free one."""
    serve_allow_hosts: Names = ()
    """Names under which the server is known besides localhost and bare addresses."""
    serve_allow_origins: Names = ()
    """Origins (https://shop.example) whose pages may ask from the browser."""
    serve_trust_proxies: Names = ()
    """Addresses of reverse proxies whose X-Forwarded-For is believed."""
    serve_upload_mb: float = Field(default=12.0, gt=0)
    """Largest photo that a visitor may send."""
    serve_upload_megapixels: float = Field(default=60.0, gt=0)
    """Largest photo, decoded, that a visitor may send."""
    serve_upload_timeout_s: float = Field(default=20.0, gt=0)
    """Time that a body may take to arrive."""
    serve_decode_timeout_s: float = Field(default=10.0, gt=0)
    """Time that decoding one photo may take."""
    serve_decode_memory_mb: int = Field(default=1024, gt=0)
    """Memory that decoding one photo may take."""
    serve_bodies_mb: float = Field(default=256.0, gt=0)
    """Memory for all bodies of requests together."""
    serve_import_mb: float = Field(default=256.0, gt=0)
    """Largest catalogue that is taken over HTTP, as an upload or a feed."""
    serve_import_unpacked_mb: float = Field(default=4096.0, gt=0)
    """What an uploaded archive may hold, unpacked."""
    serve_import_files: int = Field(default=50_000, gt=0)
    """Files that an uploaded archive may hold."""
    serve_import_timeout_s: float = Field(default=600.0, gt=0)
    """Time that an uploaded catalogue may take to arrive, or a feed to be fetched."""
    serve_queue: int = Field(default=32, ge=0)
    """Searches that may wait; one more is answered 503."""
    serve_rate_per_s: float = Field(default=20.0, ge=0)
    """Requests a second for each key and address; 0 limits nobody."""
    serve_burst: int = Field(default=100, ge=1)
    """Requests that may come at once before the rate counts."""
    serve_web: Literal["local", "public", "off"] = "local"
    """Who is shown the pages: programs on this computer, everyone, or nobody."""
    serve_visitors: bool = True
    """Whether pages know a browser again by a cookie and note what its visitor does."""
    serve_photo_kept_s: int = Field(default=3600, ge=0, le=3600)
    """How long a visitor's photo is kept for pages that come back to it; 0 keeps none."""
    serve_photos_mb: float = Field(default=64.0, gt=0)
    """Memory for the photos that are kept; the oldest go first."""
    serve_stop_timeout_s: int = Field(default=15, ge=0)
    """Time that running requests have to finish when the server is told to stop."""

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
