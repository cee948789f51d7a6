"""`./dev bench`: tolite beside TensorFlow's converter, and the models of the zoo judged."""
