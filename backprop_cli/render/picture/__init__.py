"""The circuit as a picture: a report → a scene → a layout → SVG, PNG, DOT, Mermaid or characters."""
