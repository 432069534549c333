import math

import jax

jax.config.update("jax_enable_x64", True)


def forward(x, y, z):
    q = x + y  # 3.0
    f = q*z    # -12.0
    return f


# the point
x = -2.0
y = 5.0
z = -4.0

f, (dx, dy, dz) = jax.value_and_grad(forward, argnums=(0, 1, 2))(x, y, z)

print("f =", float(f))
print("df/dx =", float(dx))
print("df/dy =", float(dy))
print("df/dz =", float(dz))

# what backprop computed
assert math.isclose(f, -12.0, rel_tol=1e-09, abs_tol=1e-09)
assert math.isclose(dx, -4.0, rel_tol=1e-09, abs_tol=4e-09)
assert math.isclose(dy, -4.0, rel_tol=1e-09, abs_tol=4e-09)
assert math.isclose(dz, 3.0, rel_tol=1e-09, abs_tol=3e-09)
