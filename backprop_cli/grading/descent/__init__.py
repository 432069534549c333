"""Homework about rows of data and steps of descent: the mean gradient, a row's own, a parameter after steps."""
