"""A report → one format, one module a format. Renderers compute nothing; this is the only home of rich."""
