"""The calculator that shows its work."""
