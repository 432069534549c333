"""Strangers' files: bytes → text → rows or trees → answers → submissions, one student's or a class's."""
