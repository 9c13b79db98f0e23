"""Strings as numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from vitrine.types import Rows


class Names:
    """Numbers strings in the order in which they are first met; a number is never given anew.

    Later views share it with earlier ones, which never meet the numbers that came after them.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._code_of: dict[str, int] = {}
        self._names: list[str] = []
        self.codes(list(names))

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, code: int) -> str:
        return self._names[code]

    def __contains__(self, name: str) -> bool:
        return name in self._code_of

    def code(self, name: str) -> int:
        """Number of a string, -1 where it was never met."""
        return self._code_of.get(name, -1)

    def codes(self, names: Sequence[str]) -> Rows:
        """Numbers (n,) of strings, new ones for those that were never met.

        Example:
            >>> Names(["a", "b"]).codes(["b", "c", "a"]).tolist()
            [1, 2, 0]
        """
        found = np.empty(len(names), dtype=np.int64)
        for place, name in enumerate(names):
            code = self._code_of.get(name)
            if code is None:
                code = len(self._names)
                self._names.append(name)
                self._code_of[name] = code
            found[place] = code
        return found
