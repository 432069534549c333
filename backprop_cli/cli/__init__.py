"""The command line: one command a file, thin, and the only home of click."""
