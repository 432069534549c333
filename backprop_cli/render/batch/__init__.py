"""A report over rows of data in each format; what reads ``rows/report.py`` and prints nothing."""
