import math

import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)


def forward(x, y, z, w):
    p = x*y
    m = jnp.maximum(z, w)
    s = p + m
    f = 2.0*s
    return f


def circuit(x, y, z, w):
    """The value of f and its gradient in each variable, by jax."""
    value, slopes = jax.value_and_grad(forward, argnums=(0, 1, 2, 3))(float(x), float(y), float(z), float(w))
    return float(value), {"x": float(slopes[0]), "y": float(slopes[1]), "z": float(slopes[2]), "w": float(slopes[3])}


if __name__ == "__main__":
    value, gradient = circuit(x=3.0, y=-4.0, z=2.0, w=-1.0)
    print("f =", value)
    for name in gradient:
        print(f"df/d{name} =", gradient[name])
    # what backprop computed
    assert math.isclose(value, -20.0, rel_tol=1e-09, abs_tol=1e-09)
    assert math.isclose(gradient["x"], -8.0, rel_tol=1e-09, abs_tol=8e-09)
    assert math.isclose(gradient["y"], 6.0, rel_tol=1e-09, abs_tol=6e-09)
    assert math.isclose(gradient["z"], 2.0, rel_tol=1e-09, abs_tol=2e-09)
    assert math.isclose(gradient["w"], 0.0, rel_tol=1e-09, abs_tol=1e-09)
