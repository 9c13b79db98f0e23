"""An ONNX graph in an ONNX Runtime session on the CPU; every complaint names its encoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import ConfigurationError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession


class Graph:
    """One graph.

    Args:
        encoder: name of the encoder, for messages.
        source: the ONNX file, or its bytes.
        threads: for one operation; 0 takes all cores.

    Raises:
        ConfigurationError: ONNX Runtime cannot load it.
    """

    def __init__(self, encoder: str, source: Path | bytes, threads: int) -> None:
        self._encoder = encoder
        try:
            self._session = _open_session(source, threads)
        except Exception as error:  # ONNX Runtime's errors share no base class
            called = "its graph" if isinstance(source, bytes) else source
            raise ConfigurationError(
                f"encoder {encoder!r}: {called} cannot be loaded: {_first_line(error)}"
            ) from error
        self.inputs = [given.name for given in self._session.get_inputs()]
        self.outputs = {given.name: len(given.shape or ()) for given in self._session.get_outputs()}
        """Name -> number of dimensions."""

    def input_name(self, wanted: str) -> str:
        """Give the wanted input, or the first where none is named.

        Raises:
            ConfigurationError: the graph has no such input.
        """
        name = wanted or self.inputs[0]
        if name not in self.inputs:
            raise ConfigurationError(
                f"encoder {self._encoder!r} has no input {name!r}; it has {', '.join(self.inputs)}"
            )
        return name

    def output_name(self, wanted: Sequence[str]) -> str:
        """Give the first wanted output that is there, or the graph's first where none is named.

        Raises:
            ConfigurationError: the graph has none of them.
        """
        names = [*wanted] or [*self.outputs][:1]
        for name in names:
            if name in self.outputs:
                return name
        raise ConfigurationError(
            f"encoder {self._encoder!r} has no output {' or '.join(map(repr, names))}; "
            f"it has {', '.join(self.outputs)}"
        )

    def run(
        self, outputs: Sequence[str], feed: Mapping[str, NDArray[np.generic]]
    ) -> list[NDArray[np.float32]]:
        """Compute the outputs, in the order asked for.

        Raises:
            ConfigurationError: the graph does not take what it is fed.
        """
        try:
            found = self._session.run(list(outputs), dict(feed))
        except Exception as error:  # ONNX Runtime's errors share no base class
            raise ConfigurationError(
                f"encoder {self._encoder!r} cannot be run: {_first_line(error)}"
            ) from error
        return [np.asarray(array, np.float32) for array in found]


def _open_session(source: Path | bytes, threads: int) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # waiting threads that spin would take the cores from the threads that decode
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
