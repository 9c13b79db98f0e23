"""What vitrine has to know of an ONNX model to run it: plain data, in the table or a model.json."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from vitrine.encoders.pixels import Interpolation, Resize
from vitrine.errors import ConfigurationError

MODEL_JSON = "model.json"

Pooling: TypeAlias = Literal["none", "cls", "avg", "max", "gem"]
Colour: TypeAlias = tuple[float, float, float]
Positive: TypeAlias = Annotated[float, Field(gt=0)]


def _inside(path: str) -> str:
    parts = PurePosixPath(path.replace("\\", "/")).parts
    if not parts or ".." in parts or Path(path).is_absolute() or parts[0] == "/" or ":" in parts[0]:
        raise ValueError("must be a path inside the model's folder")
    return path


InnerPath: TypeAlias = Annotated[str, AfterValidator(_inside)]
Sha256: TypeAlias = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelFile(_Strict):
    """One file of a model."""

    path: InnerPath
    """Inside the local folder or the hub's repository, with `/`."""
    sha256: Sha256 | None = None
    """None where it is not known beforehand; the hub's own announcement is then checked."""


class ModelFiles(_Strict):
    """The files of a model by what they are for."""

    image: ModelFile
    """The ONNX graph from pixels to a vector."""
    data: tuple[ModelFile, ...] = ()
    """Weights that the graph keeps outside itself."""
    labels: ModelFile | None = None
    """JSON: tag head -> its values, in the order of the logits."""
    calibration: ModelFile | None = None
    """JSON: `heads` -> tag head -> `temperature` and `unsure_below`, and `similarity` -> `score`
    and `probability`, a curve; more keys are ignored."""
    text: ModelFile | None = None
    """The ONNX graph from token ids to a vector; goes with `tokenizer`."""
    tokenizer: ModelFile | None = None
    """JSON of the format `vitrine-words-1`: how words become token ids."""
    card: ModelFile | None = None
    """Markdown: what the model was trained on, how well it does, where it fails."""

    @model_validator(mode="after")
    def _text_has_tokens(self) -> Self:
        if (self.text is None) != (self.tokenizer is None):
            raise ValueError("text and tokenizer go together: give both or neither")
        return self


class ModelInput(_Strict):
    """How a photo becomes the graph's input."""

    height_px: int = Field(ge=1, le=4096)
    width_px: int = Field(ge=1, le=4096)
    resize: Resize = "letterbox"
    crop_share: float = Field(default=1.0, gt=0, le=1)
    """With `crop`: the part of the short side that stays (224 of 256 is .875)."""
    interpolation: Interpolation = "bilinear"
    name: str = ""
    """Of the graph's input for pixels; empty takes the first."""
    layout: Literal["nchw", "nhwc"] = "nchw"
    dtype: Literal["float32", "uint8"] = "float32"
    """`uint8` gives the bytes as they are; `float32` gives (byte / 255 - mean) / std."""
    mean: Colour = (0.0, 0.0, 0.0)
    std: tuple[Positive, Positive, Positive] = (1.0, 1.0, 1.0)
    constants: dict[str, list[list[int]]] = {}
    """Further int64 inputs that the graph insists on, such as a text that is not asked about."""
    batch: int | None = Field(default=None, ge=1, le=1024)
    """Most photos in one run; 1 for a graph of fixed batch, or of dynamic int8, whose scales go
    by the whole batch."""


class ModelOutput(_Strict):
    """How the graph's output becomes a vector and tags."""

    names: tuple[str, ...] = ()
    """Of the output that holds the vector or feature map, the first that the graph has counts;
    empty takes the graph's first."""
    pooling: Pooling = "none"
    """`none` for (n, dim); `cls` takes the first of (n, tokens, dim); the others reduce tokens,
    or the height and width of (n, dim, height, width). Rows are scaled to length 1 afterwards."""
    gem_p: float = Field(default=3.0, gt=0)
    tag_prefix: str = "tag_"
    """The logits of the head `colour` are the output `tag_colour`."""
    cells: str = ""
    """Of the output (n, dim, height, width) whose mean over height and width, scaled to length 1,
    is the vector; empty where there is none. A feature map under pooling `avg` needs no name."""


class ModelText(_Strict):
    """How token ids enter the text graph, and where the vector leaves it."""

    input: str = ""
    """Of the graph's input (n, tokens) int64; empty takes the first."""
    output: str = ""
    """Of the graph's output (n, dim); empty takes the first."""


class ModelRow(_Strict):
    """One model."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    """What a shop remembers; lower case, digits and `. _ -`."""
    dim: int = Field(ge=1, le=65536)
    """Numbers in a vector."""
    dims: tuple[Annotated[int, Field(ge=1)], ...] = ()
    """Lengths at which a vector may be cut and scaled to length 1 again, where the model was
    trained for that."""
    files: ModelFiles
    input: ModelInput
    output: ModelOutput = ModelOutput()
    text: ModelText = ModelText()
    """Only read where `files.text` is given."""
    repo: str = ""
    """On the hub; empty for a model that lives in a local folder."""
    revision: str = "main"
    licence: str = "unknown"
    size_mb: float = 0.0
    """To download."""
    summary: str = ""
    """One line for lists."""

    @property
    def preprocessing(self) -> str:
        """Size, resize rule and normalisation in one line."""
        given = self.input
        rule = f"{given.resize} {given.crop_share:g}" if given.resize == "crop" else given.resize
        numbers = "bytes"
        if given.dtype == "float32":
            numbers = f"mean {_brief(given.mean)}, std {_brief(given.std)}"
        size = f"{given.height_px} x {given.width_px} px"
        pooled = f"{'/'.join(self.output.names) or 'first output'}, pooling {self.output.pooling}"
        if self.output.pooling == "gem":
            pooled += f" {self.output.gem_p:g}"
        return f"{rule} {size}, {given.interpolation}, {numbers}, {given.layout}, {pooled}"


def read_model_row(folder: Path) -> ModelRow:
    """Read the model.json of a local folder.

    Raises:
        ConfigurationError: it is missing, is no JSON, or a field does not fit.
    """
    path = folder / MODEL_JSON
    try:
        return ModelRow.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(
            f"the encoder folder {folder} has no readable {MODEL_JSON}: {error.strerror}"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ConfigurationError(f"{path}: {place}: {first['msg']}") from error


def _brief(colour: Colour) -> str:
    return "/".join(f"{value:g}" for value in colour)
