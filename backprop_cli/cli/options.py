"""What a command is asked for, by the names of its parameters."""

from __future__ import annotations

from typing import Any, NoReturn


class Options:
    """What every command's options are: a field for each of its parameters, filled once with what click has read.

    A field with a value in its class needs no parameter. A frozen dataclass would be the same; Python takes a
    millisecond to define one, and ``--help`` defines them all.
    """

    def __init__(self, **given: Any) -> None:
        fields = {name for one in type(self).__mro__ for name in vars(one).get("__annotations__", ())}
        lacking = {name for name in fields - given.keys() if not hasattr(self, name)}
        wrong = sorted(lacking | (given.keys() - fields))
        assert not wrong, f"not both a parameter and a field: {', '.join(wrong)}"
        vars(self).update(given)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{name} cannot be changed")
