"""A ranker of candidates: LightGBM LambdaRank, trained on what visitors did next."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitrine.errors import DataError, missing_extra
from vitrine.recommend.blending import Pool
from vitrine.recommend.features import FEATURES, features_of
from vitrine.recommend.knowledge import Knowledge
from vitrine.recommend.profile import Profile
from vitrine.types import Json

ROUNDS = 150
PARAMETERS: Json = {
    "objective": "lambdarank",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "lambdarank_truncation_level": 20,
    "label_gain": [0, 1, 4, 16],
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}


@dataclass(frozen=True)
class Ranker:
    """A trained judge of candidates."""

    text: str
    """LightGBM's own."""
    booster: Any = field(compare=False)

    def judge(self, knowledge: Knowledge, profile: Profile, pool: Pool) -> NDArray[np.float64]:
        """Relevance (n,) 0..1, higher is better."""
        features = features_of(knowledge, profile, pool)
        raw = np.asarray(self.booster.predict(features, num_threads=1), np.float64)
        return 0.5 * (1 + np.tanh(0.5 * raw))

    def to_bytes(self) -> bytes:
        """As JSON around LightGBM's text."""
        return json.dumps({"features": FEATURES, "lightgbm": self.text}).encode()


def ranker_from_bytes(content: bytes) -> Ranker:
    """Read what `Ranker.to_bytes` wrote.

    Raises:
        MissingExtraError: LightGBM is not installed.
        DataError: it is something else, or was trained on other features by another release.
    """
    try:
        said = json.loads(content)
        text, features = str(said["lightgbm"]), tuple(said["features"])
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"this is no ranker: {error}") from error
    if features != FEATURES:
        raise DataError(
            "the ranker was trained by another release, on other features; train it again: "
            "vitrine train ranker"
        )
    lightgbm = import_lightgbm()
    try:
        return Ranker(text, lightgbm.Booster(model_str=text))
    except lightgbm.basic.LightGBMError as error:
        raise DataError(f"this is no ranker: {error}") from error


def import_lightgbm() -> Any:
    """LightGBM.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import lightgbm
    except ImportError as error:
        raise missing_extra("a trained ranker", "lightgbm", "recommend") from error
    return lightgbm


@dataclass(frozen=True, slots=True)
class Examples:
    """Candidates of many visitors with what became of them."""

    features: NDArray[np.float32]
    """(n, n_features)"""
    labels: NDArray[np.int64]
    """(n,) 0 nothing, 1 looked at, 2 liked or put into the cart, 3 bought."""
    groups: NDArray[np.int64]
    """(n_visitors,) how many candidates each has."""


def fit_ranker(examples: Examples, seed: int = 0, rounds: int = ROUNDS) -> Ranker:
    """Train LambdaRank (Burges, 2010) on examples.

    Raises:
        MissingExtraError: LightGBM is not installed.
    """
    lightgbm = import_lightgbm()
    data = lightgbm.Dataset(
        examples.features,
        examples.labels,
        group=examples.groups,
        feature_name=[name.replace(" ", "_") for name in FEATURES],
        free_raw_data=True,
    )
    booster = lightgbm.train(PARAMETERS | {"seed": seed}, data, num_boost_round=rounds)
    return Ranker(booster.model_to_string(), booster)
