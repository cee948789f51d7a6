"""TensorFlow models of the transformers library, small and with random weights: nothing is downloaded."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("USE_TF", "1")

import numpy as np
import tensorflow as tf

from tests.calls.case import KEY, Case, Feeds, random, spec

CASES: list[Case] = []

VOCABULARY = 99
SIZES = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 37,
}
CODER_SIZES = {
    "vocab_size": VOCABULARY,
    "d_model": 32,
    **{f"{side}_{what}": size for side in ("encoder", "decoder") for what, size in
       (("layers", 2), ("attention_heads", 4), ("ffn_dim", 37))},
}  # fmt: skip
# Batch and length, of the decoder's input too.
CALLED = [(2, 7, 4), (1, 5, 3), (3, 11, 6), (2, 7, 4)]


def words(batch: int, length: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(2, VOCABULARY, (batch, length)).astype(np.int32)


def half_masked(batch: int, length: int) -> np.ndarray:
    """The last row ends in its middle."""
    mask = np.ones((batch, length), np.int32)
    mask[-1, length // 2 :] = 0
    return mask


def export(
    name: str, make: Callable, arguments: list[tf.TensorSpec], calls: list[Feeds], run: Callable, options=()
) -> None:
    """Registers a case of a model; `run` calls it with the arguments by name."""

    def write(folder: Path) -> None:
        import tf_keras
        import transformers

        tf_keras.utils.set_random_seed(7)
        owner = tf.Module()
        owner.model = make(transformers)

        @tf.function(input_signature=arguments)
        def call(*values):
            return run(owner.model, {s.name: value for s, value in zip(arguments, values, strict=True)})

        owner.call = call
        tf.saved_model.save(owner, str(folder), signatures=call.get_concrete_function())

    CASES.append(Case(f"hugging_face_{name}", write, lambda: [(KEY, feeds) for feeds in calls], options=options))


def tensors(model: Any, feeds: dict) -> dict:
    results = model(**feeds, training=False)
    return {name: value for name, value in results.items() if isinstance(value, tf.Tensor)}


def text(name: str, make: Callable, run: Callable = tensors, masked: bool = True, options=()) -> None:
    calls = [
        {"input_ids": words(b, n, i), "attention_mask": half_masked(b, n) if masked else np.ones((b, n), np.int32)}
        for i, (b, n, _) in enumerate(CALLED)
    ]
    arguments = [spec(key, None, None, dtype=tf.int32) for key in calls[0]]
    export(name, make, arguments, calls, run, options)


def coder(name: str, make: Callable) -> None:
    calls = [
        {
            "input_ids": words(b, n, i),
            "attention_mask": half_masked(b, n),
            "decoder_input_ids": words(b, k, 50 + i),
        }
        for i, (b, n, k) in enumerate(CALLED)
    ]
    export(name, make, [spec(key, None, None, dtype=tf.int32) for key in calls[0]], calls, tensors)


def image(name: str, make: Callable, size: int = 32) -> None:
    calls = [{"pixel_values": random(b, 3, size, size, seed=i)} for i, b in enumerate((2, 1, 3))]
    export(name, make, [spec("pixel_values", None, 3, size, size)], calls, tensors)


def generated(model: Any, feeds: dict) -> dict:
    """The decode loop: six more words, the likeliest each time."""
    return {"sequences": model.generate(**feeds, max_new_tokens=6, do_sample=False)}


def gpt2(t: Any) -> Any:
    ends = {"bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1}
    config = t.GPT2Config(vocab_size=VOCABULARY, n_embd=32, n_layer=2, n_head=4, n_positions=64, **ends)
    return t.TFGPT2LMHeadModel(config)


def t5(t: Any) -> Any:
    config = t.T5Config(VOCABULARY, d_model=32, d_kv=8, d_ff=37, num_layers=2, num_heads=4, decoder_start_token_id=0)
    return t.TFT5ForConditionalGeneration(config)


text("bert", lambda t: t.TFBertModel(t.BertConfig(**SIZES)))
text("roberta", lambda t: t.TFRobertaModel(t.RobertaConfig(**SIZES, max_position_embeddings=64, pad_token_id=1)))
text("albert", lambda t: t.TFAlbertModel(t.AlbertConfig(**SIZES, embedding_size=16)))
text("electra", lambda t: t.TFElectraModel(t.ElectraConfig(**SIZES, embedding_size=16)))
text("distilbert", lambda t: t.TFDistilBertModel(t.DistilBertConfig(VOCABULARY, dim=32, n_layers=2, n_heads=4)))
text(
    "mobilebert",
    lambda t: t.TFMobileBertModel(
        t.MobileBertConfig(**SIZES, embedding_size=32, intra_bottleneck_size=32, num_feedforward_networks=2)
    ),
)
text(
    "deberta",
    lambda t: t.TFDebertaModel(
        t.DebertaConfig(**SIZES, relative_attention=True, pos_att_type=["p2c", "c2p"], max_position_embeddings=64)
    ),
)
# Divides int32 tensors, which TensorFlow does in float64.
text(
    "deberta_v2",
    lambda t: t.TFDebertaV2Model(
        t.DebertaV2Config(
            **SIZES,
            relative_attention=True,
            position_buckets=16,
            norm_rel_ebd="layer_norm",
            share_att_key=True,
            pos_att_type=["p2c", "c2p"],
            max_position_embeddings=64,
        )
    ),
    options=("--narrow-float64",),
)
text("gpt2", gpt2)
text("gpt2_generates", gpt2, generated, masked=False)
coder("t5", t5)
text("t5_generates", t5, generated, masked=False)
coder("bart", lambda t: t.TFBartModel(t.BartConfig(**CODER_SIZES, max_position_embeddings=64)))
image(
    "vit",
    lambda t: t.TFViTModel(
        t.ViTConfig(32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=37, image_size=32, patch_size=8)
    ),
)
image("convnext", lambda t: t.TFConvNextModel(t.ConvNextConfig(hidden_sizes=[8, 16, 16, 16], depths=[1, 1, 2, 1])))
image(
    "swin",
    lambda t: t.TFSwinModel(
        t.SwinConfig(32, patch_size=2, embed_dim=16, depths=[1, 2], num_heads=[2, 4], window_size=4)
    ),
)
image(
    "segformer",
    lambda t: t.TFSegformerModel(
        t.SegformerConfig(hidden_sizes=[8, 16, 16, 16], depths=[1, 1, 1, 1], num_attention_heads=[1, 2, 2, 2])
    ),
    64,
)
export(
    "wav2vec2",
    lambda t: t.TFWav2Vec2Model(
        t.Wav2Vec2Config(
            **SIZES,
            conv_dim=(16, 16),
            conv_stride=(5, 2),
            conv_kernel=(10, 3),
            num_conv_pos_embeddings=16,
            num_conv_pos_embedding_groups=2,
        )
    ),
    [spec("input_values", None, None)],
    [{"input_values": random(b, n, seed=n)} for b, n in ((2, 400), (1, 300), (3, 500))],
    tensors,
)
export(
    "whisper",
    lambda t: t.TFWhisperModel(
        t.WhisperConfig(
            **CODER_SIZES, num_mel_bins=16, max_source_positions=30, max_target_positions=20, decoder_start_token_id=2
        )
    ),
    [spec("input_features", None, 16, 60), spec("decoder_input_ids", None, None, dtype=tf.int32)],
    [{"input_features": random(b, 16, 60, seed=i), "decoder_input_ids": words(b, k, i)} for i, (b, _, k) in
     enumerate(CALLED)],
    tensors,
)  # fmt: skip
