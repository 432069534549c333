"""The report of an array circuit in every format, one file a format."""
