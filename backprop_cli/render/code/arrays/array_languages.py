"""The three languages of arrays: their scalar words made elementwise, their array gates, and the helpers they lack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from backprop_cli.printing import form
from backprop_cli.render.code import jax, numpy, torch
from backprop_cli.render.code.arrays.array_calls import Calls
from backprop_cli.render.code.missing_functions import DIGAMMA, POLYGAMMA
from backprop_cli.render.code.writer import ATOM, CHOICE, SUM, Language, function

_SAME = "outer trace diag prod mean var std cumsum"
_HELPERS = {
    "put": """\
def put(part, place, shape):
    whole = np.zeros(shape)
    whole[place] = part
    return whole
""",
    "others": """\
def others(x, axis):
    axes = tuple(range(x.ndim)) if axis is None else tuple(np.atleast_1d(axis) % x.ndim)
    last = range(-len(axes), 0)
    moved = np.moveaxis(x, axes, last)
    flat = moved.reshape(*moved.shape[: x.ndim - len(axes)], -1)
    one = np.ones((*flat.shape[:-1], 1))
    before = np.cumprod(np.concatenate([one, flat[..., :-1]], -1), -1)
    after = np.cumprod(np.concatenate([one, flat[..., :0:-1]], -1), -1)[..., ::-1]
    return np.moveaxis((before*after).reshape(moved.shape), last, axes)
""",
    "softmax": """\
def softmax(x, axis):
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e/np.sum(e, axis=axis, keepdims=True)
""",
    "logsoftmax": """\
def logsoftmax(x, axis):
    x = x - np.max(x, axis=axis, keepdims=True)
    return x - np.log(np.sum(np.exp(x), axis=axis, keepdims=True))
""",
    "logsumexp": """\
def logsumexp(x, axis=None, keepdims=False):
    top = np.max(x, axis=axis, keepdims=True)
    total = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims else np.squeeze(total, axis)
""",
}


def _named(np: str, **more: str) -> dict[str, str]:
    return {name: f"{np}.{name}" for name in _SAME.split()} | more


_FLIP = "np.flip({0}, {1})"
_NUMPY = Calls(
    "np",
    "axis",
    "keepdims",
    _named(
        "np", sum="np.sum", amax="np.max", amin="np.min", argmax="np.argmax({}).astype(float)", norm="np.linalg.norm",
        det="np.linalg.det", inv="np.linalg.inv", solve="np.linalg.solve", concat="np.concatenate", stack="np.stack",
        softmax="softmax", logsoftmax="logsoftmax", logsumexp="logsumexp", flip=_FLIP,
        transpose="np.transpose",
    ),
)  # fmt: skip
_JAX = replace(
    _NUMPY,
    np="jnp",
    names={name: text.replace("np.", "jnp.") for name, text in _NUMPY.names.items()}
    | {
        "softmax": "jax.nn.softmax",
        "logsoftmax": "jax.nn.log_softmax",
        "logsumexp": "jax.scipy.special.logsumexp",
    },
    wrap="jnp.asarray({})",
)
_FLAT = "torch.{name}(torch.reshape({{0}}, (-1,)), 0)"
_TORCH = Calls(
    "torch",
    "dim",
    "keepdim",
    _named(
        "torch", sum="torch.sum", amax="torch.amax", amin="torch.amin", argmax="torch.argmax({}).to(torch.float64)",
        norm="torch.linalg.vector_norm", det="torch.linalg.det", inv="torch.linalg.inv", solve="torch.linalg.solve",
        concat="torch.cat", stack="torch.stack", softmax="torch.softmax", logsoftmax="torch.log_softmax",
        logsumexp="torch.logsumexp", flip="torch.flip({0}, {2})", var="torch.var({}, correction=0)",
        std="torch.std({}, correction=0)", transpose="torch.permute",
    ),
    {"logsumexp": _FLAT.format(name="logsumexp"), "cumsum": _FLAT.format(name="cumsum")},
    frozenset({"prod"}),
    steps_back=False,
    wrap="torch.as_tensor({})",
)  # fmt: skip

_VECTORIZED = "{name} = np.vectorize(math.{name}, otypes=[float])\n"
_GAMMA = """\
def gamma(x):
    size = torch.exp(torch.lgamma(x))
    return torch.where((x < 0) & (torch.floor(x) % 2 == 1), -size, size)
"""


def _without(calls: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: text for name, text in calls.items() if name not in names}


def _elementwise(language: Language, np: str) -> Language:
    """A language whose choices and conditions are made for each element."""
    return replace(
        language,
        calls=_without(language.calls, "max...", "min..."),
        forms=dict(language.forms)
        | {
            "where": function(f"{np}.where", 3),
            "or": function(f"{np}.logical_or", 2),
            "and": function(f"{np}.logical_and", 2),
            "not": function(f"{np}.logical_not", 1),
            "truth": form(f"{np}.where(#1, 1.0, 0.0)", ATOM, CHOICE),
            "same": form(f"{np}.where(#1 == #2, 1.0, 0.0)", ATOM, SUM, SUM),
        },
        count="",
    )


_BY_ONE = ("erf", "erfc", "gamma", "lgamma")
NUMPY = replace(
    _elementwise(numpy.LANGUAGE, "np"),
    calls=_without(_elementwise(numpy.LANGUAGE, "np").calls, *_BY_ONE),
    own=dict(numpy.LANGUAGE.own)
    | {name: _VECTORIZED.format(name=name) for name in _BY_ONE}
    | {"digamma": f"@np.vectorize\n{DIGAMMA}", "polygamma": f"@np.vectorize\n{POLYGAMMA}"},
    array=_NUMPY,
)
TORCH = replace(
    _elementwise(torch.LANGUAGE, "torch"),
    own={name: text for name, text in torch.LANGUAGE.own.items() if name != "gamma"} | {"gamma": _GAMMA},
    forms=dict(_elementwise(torch.LANGUAGE, "torch").forms)
    | {
        "truth": form("(#1).to(torch.float64)", ATOM, CHOICE),
        "same": form("(#1 == #2).to(torch.float64)", ATOM, SUM, SUM),
    },
    array=_TORCH,
)
JAX = replace(
    _elementwise(jax.LANGUAGE, "jnp"),
    own={name: text for name, text in jax.LANGUAGE.own.items() if name not in ("digamma", "polygamma")},
    array=_JAX,
)


@dataclass(frozen=True)
class Words:
    """A language of arrays: its words, and the helper functions of its own array gates.

    ``array`` and ``number`` make a value of the library out of a literal; ``conventions`` are the gates with slopes of
    the library's own at kinks.
    """

    language: Language
    np: str
    array: str
    number: str = "{}"
    helpers: Mapping[str, str] = field(default_factory=dict)
    conventions: frozenset[str] = frozenset()

    def literal(self, text: str) -> str:
        """A nested list or a number as a value of the library."""
        return (self.array if text.startswith("[") else self.number).format(text)


_CONVENTIONS = torch.OWN_CONVENTIONS | {"norm", "std"}
WORDS = {
    "numpy": Words(NUMPY, "np", "np.array({})", helpers=_HELPERS),
    "torch": Words(TORCH, "torch", "torch.tensor({})", "torch.tensor({})", conventions=_CONVENTIONS),
    "jax": Words(JAX, "jnp", "jnp.array({})", conventions=_CONVENTIONS | {"abs"}),
}
