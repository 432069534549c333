"""A sheet to hand out in Markdown, LaTeX and HTML: blank, or with the answers and the steps."""
