"""The languages, by the names that users give them."""

from __future__ import annotations

from types import ModuleType

from backprop_cli.render.code import c, jax, numpy, python, torch

LANGUAGES: dict[str, ModuleType] = {"python": python, "numpy": numpy, "torch": torch, "jax": jax, "c": c}
