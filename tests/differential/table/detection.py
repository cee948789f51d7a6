"""Choice among overlapping boxes."""

import numpy as np

from ..case import Tolerance, add, f32, i32, raw, tf

# Lowered scores go through an exponential.
SCORES = Tolerance(relative=1e-6)


def boxes(rng, shape, dtype):
    """Clusters of boxes that overlap, corners in either order."""
    centers = rng.integers(1, 4, (*shape[:-1], 2)) * 2 + rng.uniform(-0.4, 0.4, (*shape[:-1], 2))
    half = rng.uniform(0.6, 1.2, (*shape[:-1], 2))
    low, high = centers - half, centers + half
    turned = rng.random((*shape[:-1], 1)) < 0.2
    return np.concatenate([np.where(turned, high, low), np.where(turned, low, high)], axis=-1).astype(dtype)


def unit_boxes(rng, shape, dtype):
    """Boxes of which some run over the unit square."""
    return boxes(rng, shape, dtype) / 7 - 0.1


def grid(rng, shape, dtype):
    """Unit squares a quarter apart: overlaps of exactly 3/5 and 1/3."""
    left = (np.arange(int(np.prod(shape[:-1]))) * 0.25).reshape(shape[:-1])
    zero = np.zeros_like(left)
    return np.stack([zero, left, zero + 1, left + 1], axis=-1).astype(dtype)


def unit_squares(rng, shape, dtype):
    """Boxes with ordered corners."""
    low = rng.uniform(0, 1, (*shape[:-1], 2))
    return np.concatenate([low, low + 0.5], axis=-1).astype(dtype)


def scores(rng, shape, dtype):
    return rng.permutation(int(np.prod(shape))).reshape(shape).astype(dtype) / float(np.prod(shape))


def equal_scores(rng, shape, dtype):
    return np.resize(np.array([0.5, 0.75], dtype), shape)


def suppression(variant, op, *inputs, **fixed):
    add(op, variant, raw(op, **fixed), *inputs)


for n in 12, "h", 1:
    for most in 1, 5, 20:
        data = f32(n, 4, values=boxes), f32(n, values=scores)
        name = f"{n} of at most {most}"
        suppression(name, "NonMaxSuppression", *data, max_output_size=most, iou_threshold=0.4)
        suppression(name, "NonMaxSuppressionV2", *data, max_output_size=most, iou_threshold=0.4)
        suppression(name, "NonMaxSuppressionV3", *data, max_output_size=most, iou_threshold=0.4, score_threshold=0.2)
        for pad in False, True:
            suppression(
                f"{name} {'padded' if pad else 'cut'}",
                "NonMaxSuppressionV4",
                *data,
                max_output_size=most,
                iou_threshold=0.4,
                score_threshold=0.2,
                pad_to_max_output_size=pad,
            )
            for sigma in 0.0, 0.5:
                add(
                    "NonMaxSuppressionV5",
                    f"{name} {'padded' if pad else 'cut'} sigma {sigma}",
                    raw(
                        "NonMaxSuppressionV5",
                        max_output_size=most,
                        iou_threshold=0.4,
                        score_threshold=0.2,
                        soft_nms_sigma=sigma,
                        pad_to_max_output_size=pad,
                    ),
                    *data,
                    tolerance=SCORES,
                )
for threshold in 0.0, 1 / 3, 0.6, 1.0:
    name = f"threshold {threshold:.2f}"
    data = f32(10, 4, values=grid), f32(10, values=scores)
    fixed = {"max_output_size": 10, "iou_threshold": threshold}
    suppression(name, "NonMaxSuppression", *data, **fixed)
    suppression(name, "NonMaxSuppressionV3", *data, **fixed, score_threshold=0.3)
    suppression(name, "NonMaxSuppressionV5", *data, **fixed, score_threshold=-1.0, soft_nms_sigma=0.0)
suppression(
    "equal scores",
    "NonMaxSuppressionV3",
    f32(10, 4, values=grid),
    f32(10, values=equal_scores),
    max_output_size=10,
    iou_threshold=0.4,
    score_threshold=0.3,
)
suppression(
    "thresholds at run time",
    "NonMaxSuppressionV3",
    f32(12, 4, values=boxes),
    f32(12, values=scores),
    i32(values=lambda rng, shape, dtype: np.array(6, dtype)),
    f32(values=lambda rng, shape, dtype: np.array(0.6, dtype)),
    f32(values=lambda rng, shape, dtype: np.array(0.25, dtype)),
)
suppression(
    "grid at run time",
    "NonMaxSuppressionV2",
    f32(10, 4, values=grid),
    f32(10, values=scores),
    i32(values=lambda rng, shape, dtype: np.array(6, dtype)),
    f32(values=lambda rng, shape, dtype: np.array(0.6, dtype)),
)
add(
    "NonMaxSuppressionV3",
    "chosen boxes",
    lambda b, s: tf.gather(b, tf.image.non_max_suppression(b, s, 6, 0.5, 0.1)),
    f32(12, 4, values=boxes),
    f32(12, values=scores),
)
add(
    "NonMaxSuppressionV4",
    "padded wrapper",
    lambda b, s: tf.raw_ops.NonMaxSuppressionV4(
        boxes=b,
        scores=s,
        max_output_size=7,
        iou_threshold=0.5,
        score_threshold=0.1,
        pad_to_max_output_size=True,
    ),
    f32("h", 4, values=boxes),
    f32("h", values=scores),
)

for batch in 1, 2:
    for classes in 1, 3:
        for own in False, True:
            for each, total in ((2, 4), (3, 20), (8, 5)):
                for pad in False, True:
                    for clip in False, True:
                        if (pad or clip) and (batch == 2 or classes == 1):
                            continue
                        add(
                            "CombinedNonMaxSuppression",
                            f"{batch}x8x{classes if own else 1}{' own' if own else ''} {classes} classes"
                            f" {each} of {total}"
                            f"{' per class' if pad else ''}{' clipped' if clip else ''}",
                            raw(
                                "CombinedNonMaxSuppression",
                                max_output_size_per_class=each,
                                max_total_size=total,
                                iou_threshold=0.4,
                                score_threshold=0.1,
                                pad_per_class=pad,
                                clip_boxes=clip,
                            ),
                            f32(batch, 8, classes if own else 1, 4, values=unit_boxes),
                            f32(batch, 8, classes, values=scores),
                        )
for classes, own in (1, False), (3, False), (3, True):
    add(
        "CombinedNonMaxSuppression",
        f"any number of images {classes} classes{' own' if own else ''}",
        raw(
            "CombinedNonMaxSuppression",
            max_output_size_per_class=3,
            max_total_size=12,
            iou_threshold=0.4,
            score_threshold=0.1,
        ),
        f32("n", 8, classes if own else 1, 4, values=unit_boxes),
        f32("n", 8, classes, values=scores),
    )
add(
    "CombinedNonMaxSuppression",
    "many images and limits at run time",
    raw("CombinedNonMaxSuppression", max_output_size_per_class=2, max_total_size=4),
    f32(20, 4, 1, 4, values=unit_boxes),
    f32(20, 4, 20, values=scores),
    f32(values=lambda rng, shape, dtype: np.array(0.4, dtype)),
    f32(values=lambda rng, shape, dtype: np.array(0.2, dtype)),
)


def overlaps(rng, shape, dtype):
    half = rng.uniform(0, 1, shape)
    return np.maximum(half, half.T).astype(dtype)


for most in 1, 4, 12:
    add(
        "NonMaxSuppressionWithOverlaps",
        f"at most {most}",
        raw("NonMaxSuppressionWithOverlaps", max_output_size=most, overlap_threshold=0.7, score_threshold=0.1),
        f32(9, 9, values=overlaps),
        f32(9, values=scores),
    )
add(
    "NonMaxSuppressionWithOverlaps",
    "any number",
    raw("NonMaxSuppressionWithOverlaps", max_output_size=5, overlap_threshold=0.7, score_threshold=-1.0),
    f32("h", "h", values=overlaps),
    f32("h", values=equal_scores),
)
for batch in (), (2,), ("n",):
    for fixed in {}, {"iou_threshold": 0.4, "score_threshold": 0.3}:
        add(
            "non_max_suppression_padded",
            f"{'x'.join(map(str, batch)) or 'one image'}{' thresholds' if fixed else ''}",
            lambda b, s, f=fixed, many=bool(batch): tf.image.non_max_suppression_padded(
                b, s, 5, pad_to_max_output_size=True, sorted_input=False, canonicalized_coordinates=not many, **f
            ),
            f32(*batch, 12, 4, values=unit_squares),
            f32(*batch, 12, values=scores),
        )
