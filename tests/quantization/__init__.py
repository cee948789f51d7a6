"""Quantized models: ours beside TensorFlow's, from the same model and the same samples."""
