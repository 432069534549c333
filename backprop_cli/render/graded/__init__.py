"""Reports of what was graded, one file a format: every one reads ``grading/records.py`` and computes nothing.

A report is written as the submissions come, so that a class of thousands needs no memory. What a feedback level hides
is not in the records, so no format can show it.
"""
