"""Published models, as data."""

from __future__ import annotations

from vitrine.encoders.model_row import (
    Colour,
    ModelFile,
    ModelFiles,
    ModelInput,
    ModelOutput,
    ModelRow,
)

_CLIP_MEAN: Colour = (0.48145466, 0.4578275, 0.40821073)
_CLIP_STD: Colour = (0.26862954, 0.26130258, 0.27577711)
_IMAGENET_MEAN: Colour = (0.485, 0.456, 0.406)
_IMAGENET_STD: Colour = (0.229, 0.224, 0.225)
_HALF: Colour = (0.5, 0.5, 0.5)

MODEL_ROWS: tuple[ModelRow, ...] = (
    ModelRow(
        name="fashion-clip",
        summary="FashionCLIP 2.0, a CLIP ViT-B/32 tuned on 800,000 fashion products, int8",
        repo="ff13/fashion-clip",
        revision="0f99955d944c39bfd9d035a02ac273c7a44a406b",
        files=ModelFiles(image=ModelFile(path="onnx/vision_model_quantized.onnx")),
        input=ModelInput(
            height_px=224,
            width_px=224,
            resize="crop",
            interpolation="bicubic",
            name="pixel_values",
            mean=_CLIP_MEAN,
            std=_CLIP_STD,
            batch=1,
        ),
        output=ModelOutput(names=("image_embeds",)),
        dim=512,
        licence="MIT",
        size_mb=89,
    ),
    ModelRow(
        name="marqo-fashion-siglip",
        summary="Marqo-FashionSigLIP, a SigLIP ViT-B/16 tuned on a million fashion products",
        repo="Marqo/marqo-fashionSigLIP",
        files=ModelFiles(image=ModelFile(path="onnx/vision_model.onnx")),
        input=ModelInput(
            height_px=224,
            width_px=224,
            resize="squash",
            interpolation="bicubic",
            name="pixel_values",
            mean=_HALF,
            std=_HALF,
        ),
        output=ModelOutput(names=("image_embeds", "pooler_output")),
        dim=768,
        licence="Apache-2.0",
        size_mb=372,
    ),
    ModelRow(
        name="clip-vit-b32",
        summary="OpenAI CLIP ViT-B/32: general photos and words",
        repo="Xenova/clip-vit-base-patch32",
        files=ModelFiles(image=ModelFile(path="onnx/vision_model.onnx")),
        input=ModelInput(
            height_px=224,
            width_px=224,
            resize="crop",
            interpolation="bicubic",
            name="pixel_values",
            mean=_CLIP_MEAN,
            std=_CLIP_STD,
        ),
        output=ModelOutput(names=("image_embeds",)),
        dim=512,
        licence="MIT",
        size_mb=352,
    ),
    ModelRow(
        name="siglip2-base",
        summary="Google SigLIP 2 base, 224 px: general photos and words in many languages",
        repo="onnx-community/siglip2-base-patch16-224-ONNX",
        files=ModelFiles(image=ModelFile(path="onnx/vision_model.onnx")),
        input=ModelInput(
            height_px=224,
            width_px=224,
            resize="squash",
            interpolation="bilinear",
            name="pixel_values",
            mean=_HALF,
            std=_HALF,
        ),
        output=ModelOutput(names=("pooler_output",)),
        dim=768,
        licence="Apache-2.0",
        size_mb=372,
    ),
    ModelRow(
        name="dinov2-small",
        summary="Meta DINOv2 ViT-S/14: looks alone, no words",
        repo="onnx-community/dinov2-small",
        revision="8b1f705a3a7f6f062f6bdd21986c1583d3ef105d",
        files=ModelFiles(image=ModelFile(path="onnx/model.onnx")),
        input=ModelInput(
            height_px=224,
            width_px=224,
            resize="crop",
            crop_share=0.875,
            interpolation="bicubic",
            name="pixel_values",
            mean=_IMAGENET_MEAN,
            std=_IMAGENET_STD,
        ),
        output=ModelOutput(names=("last_hidden_state",), pooling="cls"),
        dim=384,
        licence="Apache-2.0",
        size_mb=89,
    ),
)
