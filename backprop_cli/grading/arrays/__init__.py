"""Answers that are arrays: names → grids → answers of components, judged as numbers → one opinion an array."""
