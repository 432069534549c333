"""A descent in its formats, a file each."""
