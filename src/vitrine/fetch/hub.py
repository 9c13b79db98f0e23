"""Model files from a hub, kept in a folder, never trusted without a hash.

Files lie as `models_dir/OWNER--NAME/REVISION/FILE`, real files and no symbolic links, because ONNX
Runtime refuses external data that leads out of the model's folder. Beside each stands `FILE.sha256`
(the format of `sha256sum`), written once the file was checked.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeAlias

from vitrine.errors import ConfigurationError, DataError, FetchError
from vitrine.fetch.checksums import check_sha256, sha256_of

if TYPE_CHECKING:
    from huggingface_hub.utils import tqdm

Progress: TypeAlias = Callable[[int, int | None], None]
"""(bytes so far, bytes in all or None)"""

MODEL_SUFFIXES = (".onnx", ".onnx_data", ".data", ".json", ".txt", ".safetensors", ".model")
"""Kinds of files that hold numbers and words, never code."""

_NAME = re.compile(r"[A-Za-z0-9_+-][A-Za-z0-9_.+-]*")


def fetch_model_file(
    repo: str,
    filename: str,
    *,
    revision: str,
    sha256: str | None,
    models_dir: Path,
    offline: bool = False,
    endpoint: str | None = None,
    on_progress: Progress | None = None,
) -> Path:
    """Path of a checked model file, downloaded the first time.

    A kept file is used without asking the hub, even if `revision` is a branch that has moved on:
    a shop's vectors must not change beneath it. A kept file that was damaged is downloaded again.

    Args:
        repo: `owner/name` at the hub.
        filename: with `/` between folders; one of `MODEL_SUFFIXES`.
        revision: a commit hash, tag or branch.
        sha256: the pinned hash; None takes the one that the hub announces.
        models_dir: where files are kept.
        offline: use what is kept, open no connection.
        endpoint: address of another hub; None takes HF_ENDPOINT, else the library's default.
        on_progress: called while bytes arrive.

    Raises:
        ConfigurationError: a name that no model file may have.
        FetchError: the hub cannot be reached, has no such file, or sent another content.
    """
    path = _kept_path(repo, filename, revision, models_dir)
    if path.is_file() and _is_sound(path, sha256):
        return path
    if offline:
        raise FetchError(
            f"{filename} of model {repo} is not in {models_dir} and vitrine is offline: leave "
            "out --offline (VITRINE_OFFLINE) for the first download, "
            "or give a local folder: --encoder PATH"
        )
    announced = _download(repo, filename, revision, path, endpoint, on_progress)
    try:
        _check(path, sha256 or announced)
    except DataError as error:
        path.unlink()
        raise FetchError(f"model {repo}, revision {revision}: {error}") from error
    _remember(path)
    return path


def _kept_path(repo: str, filename: str, revision: str, models_dir: Path) -> Path:
    parts = {"model": repo, "revision": revision, "model file": filename}
    for what, value in parts.items():
        if not all(_NAME.fullmatch(part) for part in value.split("/")):
            raise ConfigurationError(
                f"{value!r} is no {what}; accepted are letters, digits and _ + - . with / between"
            )
    if PurePosixPath(filename).suffix not in MODEL_SUFFIXES:
        raise ConfigurationError(
            f"model file {filename!r} is refused: only {', '.join(MODEL_SUFFIXES)} are loaded, "
            "because other formats can run code; export the model to ONNX"
        )
    return models_dir / repo.replace("/", "--") / revision.replace("/", "--") / filename


def _is_sound(path: Path, sha256: str | None) -> bool:
    """Whether a kept file is the pinned one, or else as it was when it was checked."""
    expected = sha256 or _remembered(path)
    if not expected:
        return False
    try:
        check_sha256(path, expected)
    except DataError:
        return False
    return True


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _remembered(path: Path) -> str:
    try:
        return _note(path).read_text("utf-8").partition(" ")[0]
    except OSError:
        return ""


def _remember(path: Path) -> None:
    draft = path.with_name(f"{path.name}.sha256.{os.getpid()}")
    draft.write_text(f"{sha256_of(path)}  {path.name}\n", "utf-8")
    draft.replace(_note(path))


def _check(path: Path, expected: str) -> None:
    """Check a SHA-256 (large files), a git blob's SHA-1 (small files), or nothing.

    Raises:
        DataError: the file has another.
    """
    if re.fullmatch(r"[0-9a-f]{40}", expected):
        content = path.read_bytes()
        found = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        if found != expected:
            raise DataError(
                f"{path} has git hash {found}, expected {expected}: it was damaged on its way; "
                "fetch it again"
            )
    elif expected:
        check_sha256(path, expected)


def _download(
    repo: str,
    filename: str,
    revision: str,
    path: Path,
    endpoint: str | None,
    on_progress: Progress | None,
) -> str:
    """Put the file at `path`; gives the hash that the hub announced, or an empty string.

    Raises:
        FetchError: whatever went wrong.
    """
    import huggingface_hub as hub

    folder = path.parents[filename.count("/")]
    try:
        # asked first, and once: the library would try an unreachable hub for half a minute
        url = hub.hf_hub_url(repo, filename, revision=revision, endpoint=endpoint)
        etag = hub.get_hf_file_metadata(url, endpoint=endpoint).etag or ""
        path.unlink(missing_ok=True)
        hub.hf_hub_download(
            repo,
            filename,
            revision=revision,
            local_dir=folder,
            cache_dir=folder / ".cache",
            endpoint=endpoint,
            tqdm_class=_bar(on_progress),
        )
    # which errors the library lets through depends on the HTTP client of its release
    except Exception as error:
        raise FetchError(
            f"cannot download {filename} of model {repo} from "
            f"{endpoint or hub.constants.ENDPOINT}: {_reason(error, revision)}; "
            "try later, or give a local folder: --encoder PATH "
            "(VITRINE_OFFLINE=true uses only what is kept)"
        ) from error
    return etag if re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", etag) else ""


def _reason(error: Exception, revision: str) -> str:
    from huggingface_hub import errors

    known = {
        errors.GatedRepoError: "its licence must be accepted at the hub first",
        errors.RepositoryNotFoundError: "there is no such model, or it is private",
        errors.RevisionNotFoundError: f"the model has no revision {revision!r}",
        errors.EntryNotFoundError: "the model has no such file",
    }
    for kind, reason in known.items():
        if isinstance(error, kind):
            return reason
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _bar(on_progress: Progress | None) -> type[tqdm]:
    """Make the class that the library reports to; it draws nothing."""
    from huggingface_hub.utils import tqdm

    counting: list[object] = []

    class Report(tqdm):
        monitor_interval = 0

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **{**kwargs, "disable": True})
            # a second bar counts the same bytes, packed
            counting.append(self)

        def update(self, n: float | None = 1) -> bool | None:
            self.n += n or 0
            if on_progress and counting[0] is self:
                total = self.total
                on_progress(int(self.n), None if total is None else int(total))
            return None

    return Report
