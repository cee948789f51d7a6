"""Whole models that are called several times with other data: control flow, state, sequences, strings."""
