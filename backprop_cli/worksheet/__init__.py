"""Sheets to hand out: a key's problems with a student's own numbers, as data; who the students are; names of files."""
