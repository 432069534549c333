"""A report over rows of data in each format; what reads ``rows/batch_report.py`` and prints nothing."""
