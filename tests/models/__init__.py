"""The model zoo: seeded networks that TensorFlow writes and judges, in the forms people keep their models in.

`zoo.py` lists them; `generate.py` makes them once into a folder (build/models, or $TOLITE_MODELS) together with
inputs, TensorFlow's answers and the file TensorFlow's own converter makes of them.
"""
