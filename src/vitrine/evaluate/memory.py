"""Memory that an encoder takes: the peak of a process of its own, which does nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import ConfigurationError

if TYPE_CHECKING:
    from vitrine.settings import Settings

_TIMEOUT_S = 600
_N_RUNS = 3
_STATUS = Path("/proc/self/status")


def memory_mb(encoder: str, settings: Settings) -> tuple[float, float] | None:
    """Peak memory of a process that loads an encoder and embeds one photo at a time.

    Args:
        encoder: a name of the table or a folder, as `load_encoder` takes it.
        settings: where models are kept; one thread is used.

    Returns:
        Megabytes (10^6 bytes) in all, and of those what was there before the encoder was loaded;
        None where the system does not say, as on Windows.

    Raises:
        ConfigurationError: the process failed.
    """
    kept = settings.model_dump(mode="json", include={"models_dir", "offline"})
    given = json.dumps({"encoder": encoder, "settings": kept})
    command = [sys.executable, "-m", "vitrine.evaluate.memory"]
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ConfigurationError(f"the memory of {encoder} was not known in time") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise ConfigurationError(f"the memory of {encoder} cannot be measured: {last}")
    said = json.loads(done.stdout)
    return None if said is None else (float(said["peak"]), float(said["before"]))


def _peak_mb() -> float | None:
    """Of this process so far.

    Linux counts by program (VmHWM): what `getrusage` says there includes the parent's pages.
    """
    if _STATUS.is_file():
        for line in _STATUS.read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
        return None
    if sys.platform == "darwin":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return None


def _main() -> None:
    given = json.loads(sys.stdin.read())
    from PIL import Image

    from vitrine.encoders import as_tagger, load_encoder
    from vitrine.settings import Settings

    settings = Settings(**given["settings"]).model_copy(update={"threads": 1})
    before = _peak_mb()
    if before is None:
        print("null")
        return
    encoder = load_encoder(given["encoder"], settings)
    tagger = as_tagger(encoder)
    look = encoder.embed if tagger is None else tagger.embed_and_tag
    pixels = np.asarray(encoder.prepare(Image.new("RGB", (768, 1024), "grey")))[None]
    for _ in range(_N_RUNS):
        look(pixels)
    print(json.dumps({"peak": _peak_mb(), "before": before}))


if __name__ == "__main__":
    _main()
