"""Gradient descent: a circuit's parameters moved against their gradients, step by step. Nothing here prints."""
