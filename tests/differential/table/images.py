"""Images: crops, patches, resizing, colours, windows that no builtin slides."""

import numpy as np

from ..case import (
    ACCUMULATED,
    ROUNDED,
    Tolerance,
    add,
    constant,
    f32,
    given,
    i32,
    raw,
    tensor,
    tf,
    uniform,
)

# A pixel that lies on the border of two hues or of the image changes sides with the last bit of its position.
MIXED = Tolerance(relative=1e-5, absolute=1e-5)
PIXELS = uniform(0, 256)
UNIT = uniform(0, 1)


def corners(rng, shape, dtype):
    """Boxes of a unit square: inside, over its border, turned around, empty."""
    some = np.array(
        [
            [0.1, 0.2, 0.8, 0.7],
            [-0.3, 0.4, 0.6, 1.4],
            [0.9, 0.8, 0.2, 0.1],
            [0.35, 0.35, 0.35, 0.35],
            [0, 0, 1, 1],
        ]
    )
    return np.resize(some, shape).astype(dtype)


for method in "bilinear", "nearest":
    for crop in (3, 4), (1, 5), (1, 1), (7, 2):
        for outside in 0.0, -1.5:
            add(
                "CropAndResize",
                f"{method} {crop[0]}x{crop[1]} outside {outside}",
                raw("CropAndResize", crop_size=list(crop), method=method, extrapolation_value=outside),
                f32(2, 6, 5, 3),
                f32(5, 4, values=corners),
                i32(5, values=given(0, 1, 1, 0, 1)),
                tolerance=MIXED,
            )
    for kind in "u8", "i32", "f16":
        add(
            "CropAndResize",
            f"{method} {kind}",
            raw("CropAndResize", crop_size=[3, 4], method=method),
            tensor(kind, 1, 6, 5, 2, values=PIXELS),
            f32(5, 4, values=corners),
            i32(5, values=given(0)),
            tolerance=MIXED,
        )
    add(
        "CropAndResize",
        f"{method} dynamic",
        raw("CropAndResize", crop_size=[3, 4], method=method),
        f32("n", "h", "w", "c"),
        f32("k", 4, values=corners),
        i32("k", values=given(0, 1)),
        tolerance=MIXED,
    )
    add(
        "CropAndResize",
        f"{method} constant boxes",
        lambda x, m=method: tf.raw_ops.CropAndResize(
            image=x,
            boxes=[[0.1, 0.2, 0.8, 0.7], [0.0, 0.0, 1.0, 1.2]],
            box_ind=[0, 0],
            crop_size=[4, 4],
            method=m,
        ),
        f32("n", 6, 5, 3),
        tolerance=MIXED,
    )

for size in 1, 2, 3, 5:
    for stride in 1, 2, 3:
        for rate in 1, 2:
            for padding in "SAME", "VALID":
                if padding == "VALID" and (size - 1) * rate + 1 > 7:
                    continue
                add(
                    "ExtractImagePatches",
                    f"{size} by {stride} rate {rate} {padding}",
                    raw(
                        "ExtractImagePatches",
                        ksizes=[1, size, size, 1],
                        strides=[1, stride, stride, 1],
                        rates=[1, rate, rate, 1],
                        padding=padding,
                    ),
                    f32("n", 7, 9, 2),
                )
for kind in "f16", "i8", "i16", "i32", "i64", "u8", "u16", "u32":
    for size, stride in (2, 2), (3, 1):
        add(
            "ExtractImagePatches",
            f"{kind} {size} by {stride}",
            raw(
                "ExtractImagePatches",
                ksizes=[1, size, size, 1],
                strides=[1, stride, stride, 1],
                rates=[1, 1, 1, 1],
                padding="SAME",
            ),
            tensor(kind, 2, 5, 6, 2),
        )
for stride, padding in (1, "SAME"), (1, "VALID"), (2, "VALID"), (3, "VALID"):
    add(
        "ExtractImagePatches",
        f"dynamic by {stride} {padding}",
        raw(
            "ExtractImagePatches",
            ksizes=[1, 3, 2, 1],
            strides=[1, stride, stride, 1],
            rates=[1, 1, 2, 1],
            padding=padding,
        ),
        f32("n", "h", "w", 3),
    )
for size, stride in (2, 1), (2, 2), (1, 2), (3, 2):
    for padding in "SAME", "VALID":
        add(
            "ExtractVolumePatches",
            f"{size} by {stride} {padding}",
            raw(
                "ExtractVolumePatches",
                ksizes=[1, size, size, 2, 1],
                strides=[1, stride, stride, 1, 1],
                padding=padding,
            ),
            f32("n", 4, 5, 3, 2),
        )
add(
    "ExtractVolumePatches",
    "i32",
    raw("ExtractVolumePatches", ksizes=[1, 2, 2, 2, 1], strides=[1, 1, 1, 1, 1], padding="SAME"),
    i32(1, 3, 4, 3, 2),
)

for before in (6, 8), (5, 7):
    for after in (3, 4), (4, 3), (9, 11), (1, 1), (5, 7), (10, 16):
        for align in False, True:
            add(
                "ResizeArea",
                f"{before[0]}x{before[1]} to {after[0]}x{after[1]}{' aligned' if align else ''}",
                raw("ResizeArea", size=list(after), align_corners=align),
                f32(2, *before, 3),
                tolerance=MIXED,
            )
            for half in (False, True) if not align else (False,):
                add(
                    "ResizeBicubic",
                    f"{before[0]}x{before[1]} to {after[0]}x{after[1]}{' aligned' if align else ''}"
                    f"{' half' if half else ''}",
                    raw("ResizeBicubic", size=list(after), align_corners=align, half_pixel_centers=half),
                    f32(2, *before, 3),
                    tolerance=MIXED,
                )
for op in "ResizeArea", "ResizeBicubic":
    for kind in "u8", "i32", "f16", "i8":
        add(op, kind, raw(op, size=[4, 9]), tensor(kind, 1, 5, 6, 2), tolerance=MIXED)
    add(op, "batch", raw(op, size=[4, 9]), f32("n", 5, 6, 1), tolerance=MIXED)
    add(op, "channels", raw(op, size=[4, 9]), f32(1, 5, 6, 20), tolerance=MIXED)
for kernel in "lanczos1", "lanczos3", "lanczos5", "gaussian", "box", "triangle", "keyscubic", "mitchellcubic":
    for antialias in False, True:
        for after, scale, translation in (
            ((3, 4), (0.5, 0.6), (0.0, 0.0)),
            ((9, 5), (1.7, 0.8), (0.5, -1.25)),
            ((6, 7), (1.0, 1.0), (2.0, -30.0)),
        ):
            add(
                "ScaleAndTranslate",
                f"{kernel} {after[0]}x{after[1]}{' antialias' if antialias else ''}",
                raw(
                    "ScaleAndTranslate",
                    size=list(after),
                    scale=list(scale),
                    translation=list(translation),
                    kernel_type=kernel,
                    antialias=antialias,
                ),
                f32("n", 6, 7, 2),
                tolerance=MIXED,
            )
for method in "area", "bicubic", "lanczos3", "gaussian", "mitchellcubic", "bilinear", "nearest":
    for antialias in False, True:
        add(
            "image.resize",
            f"{method} to 5x4{' antialias' if antialias else ''}",
            lambda x, m=method, a=antialias: tf.image.resize(x, [5, 4], m, antialias=a),
            f32("n", 8, 6, 3),
            tolerance=MIXED,
        )

for name, shape in ("image", (4, 5, 3)), ("batch", ("n", 4, 5, 3)), ("dynamic", ("n", "h", "w", 3)), ("pixel", (3,)):
    add("RGBToHSV", name, raw("RGBToHSV"), f32(*shape, values=UNIT), tolerance=MIXED)
    add("HSVToRGB", name, raw("HSVToRGB"), f32(*shape, values=UNIT), tolerance=MIXED)
    if len(shape) < 3:
        continue
    for delta in 0.2, -0.7, 1.0:
        add("AdjustHue", f"{name} {delta}", raw("AdjustHue", delta=delta), f32(*shape, values=UNIT), tolerance=MIXED)
    for factor in 0.0, 0.5, 3.0:
        add(
            "AdjustSaturation",
            f"{name} {factor}",
            raw("AdjustSaturation", scale=factor),
            f32(*shape, values=UNIT),
            tolerance=MIXED,
        )
        add(
            "AdjustContrastv2",
            f"{name} {factor}",
            raw("AdjustContrastv2", contrast_factor=factor),
            f32(*shape, values=UNIT),
            tolerance=MIXED,
        )
CORNERS = given(0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 1, 0.5, 0.5, 0.5)
for op in "RGBToHSV", "HSVToRGB":
    add(op, "corners of the cube", raw(op), f32(9, 3, values=CORNERS), tolerance=MIXED)
    add(op, "f16", raw(op), tensor("f16", 4, 3, values=UNIT), tolerance=Tolerance(absolute=4e-3))
add("AdjustHue", "corners of the cube", raw("AdjustHue", delta=0.1), f32(3, 3, 3, values=CORNERS), tolerance=MIXED)
add("AdjustHue", "delta at run time", raw("AdjustHue"), f32(3, 3, 3, values=UNIT), f32(values=UNIT), tolerance=MIXED)
for name, function in (
    ("brightness", lambda x: tf.image.adjust_brightness(x, 0.1)),
    ("gamma", lambda x: tf.image.adjust_gamma(x, 0.7, 1.2)),
    ("grayscale", tf.image.rgb_to_grayscale),
    ("from gray", lambda x: tf.image.grayscale_to_rgb(x[..., :1])),
    ("standardization", tf.image.per_image_standardization),
    ("yuv", tf.image.rgb_to_yuv),
    ("yiq", tf.image.rgb_to_yiq),
    ("flip", lambda x: tf.image.flip_left_right(tf.image.flip_up_down(x))),
    ("rot90", lambda x: tf.image.rot90(x, 3)),
    ("central crop", lambda x: tf.image.central_crop(x, 0.5)),
    ("pad", lambda x: tf.image.pad_to_bounding_box(x, 1, 2, 12, 13)),
    ("crop or pad", lambda x: tf.image.resize_with_crop_or_pad(x, 4, 12)),
    ("resize with pad", lambda x: tf.image.resize_with_pad(x, 6, 6)),
    ("gradients", tf.image.image_gradients),
    ("sobel", tf.image.sobel_edges),
    ("total variation", tf.image.total_variation),
    ("saturation of bytes", lambda x: tf.image.adjust_saturation(tf.cast(x * 255, tf.uint8), 0.5)),
):
    add("image", name, function, f32(2, 8, 6, 3, values=UNIT), tolerance=MIXED)

for size in (2, 2), (3, 2), (1, 1):
    for stride in (2, 2), (1, 3):
        for padding in "SAME", "VALID":
            for batch in False, True:
                add(
                    "MaxPoolWithArgmax",
                    f"{size[0]}x{size[1]} by {stride[0]}x{stride[1]} {padding}{' with batch' if batch else ''}",
                    raw(
                        "MaxPoolWithArgmax",
                        ksize=[1, *size, 1],
                        strides=[1, *stride, 1],
                        padding=padding,
                        include_batch_in_index=batch,
                    ),
                    f32("n", 5, 6, 3),
                )
for kind in "u8", "i8", "i32", "f16", "i16":
    add(
        "MaxPoolWithArgmax",
        kind,
        raw("MaxPoolWithArgmax", ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME", Targmax=tf.int32),
        tensor(kind, 2, 5, 6, 2),
    )

for filter_size in (2, 2), (3, 1), (1, 1):
    for stride in 1, 2:
        for rate in 1, 2:
            for padding in "SAME", "VALID":
                add(
                    "Dilation2D",
                    f"{filter_size[0]}x{filter_size[1]} by {stride} rate {rate} {padding}",
                    lambda x, f=filter_size, s=stride, r=rate, p=padding: tf.raw_ops.Dilation2D(
                        input=x, filter=constant(*f, 3), strides=[1, s, s, 1], rates=[1, r, r, 1], padding=p
                    ),
                    f32("n", 6, 7, 3),
                    tolerance=ROUNDED,
                )
add(
    "Dilation2D",
    "dynamic",
    lambda x: tf.raw_ops.Dilation2D(
        input=x, filter=constant(2, 2, 3), strides=[1, 1, 1, 1], rates=[1, 1, 1, 1], padding="SAME"
    ),
    f32("n", "h", "w", 3),
)
add(
    "Dilation2D",
    "erosion",
    lambda x: tf.nn.erosion2d(x, constant(2, 2, 3), [1, 1, 1, 1], "SAME", "NHWC", [1, 1, 1, 1]),
    f32("n", 6, 7, 3),
)
add(
    "Dilation2D",
    "filter at run time",
    raw("Dilation2D", strides=[1, 1, 1, 1], rates=[1, 1, 1, 1], padding="VALID"),
    f32("n", 6, 7, 3),
    f32(2, 3, 3),
)

for op in "MaxPool3D", "AvgPool3D":
    for size in (2, 2, 2), (3, 1, 2), (1, 3, 3):
        for stride in (2, 2, 2), (1, 1, 1), (2, 1, 3):
            for padding in "SAME", "VALID":
                add(
                    op,
                    f"{size} by {stride} {padding}",
                    raw(op, ksize=[1, *size, 1], strides=[1, *stride, 1], padding=padding),
                    f32("n", 4, 5, 6, 2),
                    tolerance=ACCUMULATED,
                )
    add(
        op,
        "dynamic",
        raw(op, ksize=[1, 2, 2, 2, 1], strides=[1, 2, 2, 2, 1], padding="VALID"),
        f32("n", "k", "h", "w", 2),
        tolerance=ACCUMULATED,
    )
