"""One run as plain, versioned data: the only thing that renderers read."""
