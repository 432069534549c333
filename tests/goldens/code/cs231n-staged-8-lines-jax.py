import math

import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)


def forward(y, x):
    g1 = -y              # 4.0
    g2 = jnp.exp(g1)     # 54.598150033144236
    g3 = 1.0 + g2        # 55.598150033144236
    sigy = 1.0/g3        # 0.01798620996209156
    num = x + sigy       # 3.0179862099620918
    g4 = -x              # -3.0
    g5 = jnp.exp(g4)     # 0.049787068367863944
    g6 = 1.0 + g5        # 1.0497870683678638
    sigx = 1.0/g6        # 0.9525741268224334
    xpy = x + y          # -1.0
    xpysqr = xpy**2      # 1.0
    den = sigx + xpysqr  # 1.9525741268224333
    invden = 1.0/den     # 0.5121444488396316
    f = num*invden       # 1.5456448841066441
    return f


# the point
y = -4.0
x = 3.0

f, (dy, dx) = jax.value_and_grad(forward, argnums=(0, 1))(y, x)

print("f =", float(f))
print("df/dy =", float(dy))
print("df/dx =", float(dx))

# what backprop computed
assert math.isclose(f, 1.5456448841066441, rel_tol=1e-09, abs_tol=1e-09)
assert math.isclose(dy, 1.5922327514838093, rel_tol=1e-09, abs_tol=2e-09)
assert math.isclose(dx, 2.0595697955721652, rel_tol=1e-09, abs_tol=2e-09)
