import math

import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)


def forward(w0, x0, w1, x1, w2):
    a = w0*x0       # -2.0
    b = w1*x1       # 6.0
    c = a + b       # 4.0
    d = c + w2      # 1.0
    n = -1.0*d      # -1.0
    e = jnp.exp(n)  # 0.36787944117144233
    g = e + 1.0     # 1.3678794411714423
    f = 1.0/g       # 0.7310585786300049
    return f


# the point
w0 = 2.0
x0 = -1.0
w1 = -3.0
x1 = -2.0
w2 = -3.0

f, (dw0, dx0, dw1, dx1, dw2) = jax.value_and_grad(forward, argnums=(0, 1, 2, 3, 4))(w0, x0, w1, x1, w2)

print("f =", float(f))
print("df/dw0 =", float(dw0))
print("df/dx0 =", float(dx0))
print("df/dw1 =", float(dw1))
print("df/dx1 =", float(dx1))
print("df/dw2 =", float(dw2))

# what backprop computed
assert math.isclose(f, 0.7310585786300049, rel_tol=1e-09, abs_tol=1e-09)
assert math.isclose(dw0, -0.19661193324148188, rel_tol=1e-09, abs_tol=1e-09)
assert math.isclose(dx0, 0.39322386648296376, rel_tol=1e-09, abs_tol=1e-09)
assert math.isclose(dw1, -0.39322386648296376, rel_tol=1e-09, abs_tol=1e-09)
assert math.isclose(dx1, -0.5898357997244457, rel_tol=1e-09, abs_tol=1e-09)
assert math.isclose(dw2, 0.19661193324148188, rel_tol=1e-09, abs_tol=1e-09)
