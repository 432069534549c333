"""The independent oracle: what each gradient must be, found without the backward pass, and the verdict."""
