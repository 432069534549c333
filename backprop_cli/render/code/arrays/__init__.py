"""Programs on whole arrays, for NumPy, PyTorch and JAX: each array gate a line, with its shape behind it."""
