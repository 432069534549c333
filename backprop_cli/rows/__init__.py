"""Rows of data: files → blocks of rows → the mean value and the mean gradient. Nothing here prints."""
