"""Differential op tests: a table of small TensorFlow graphs, converted, run, and compared with TensorFlow."""
