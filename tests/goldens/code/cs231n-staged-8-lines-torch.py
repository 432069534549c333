import math

import torch

torch.set_default_dtype(torch.float64)

# the point
y = torch.tensor(-4.0, requires_grad=True)
x = torch.tensor(3.0, requires_grad=True)

# forward pass
g1 = -y              # 4.0
g2 = torch.exp(g1)   # 54.598150033144236
g3 = 1.0 + g2        # 55.598150033144236
sigy = 1.0/g3        # 0.01798620996209156
num = x + sigy       # 3.0179862099620918
g4 = -x              # -3.0
g5 = torch.exp(g4)   # 0.049787068367863944
g6 = 1.0 + g5        # 1.0497870683678638
sigx = 1.0/g6        # 0.9525741268224334
xpy = x + y          # -1.0
xpysqr = xpy**2      # 1.0
den = sigx + xpysqr  # 1.9525741268224333
invden = 1.0/den     # 0.5121444488396316
f = num*invden       # 1.5456448841066441
# backward pass, by torch
f.backward()

print("f =", f.item())
print("df/dy =", y.grad.item())
print("df/dx =", x.grad.item())

# what backprop computed
assert math.isclose(f.item(), 1.5456448841066441, rel_tol=1e-09, abs_tol=1e-09)
assert math.isclose(y.grad.item(), 1.5922327514838093, rel_tol=1e-09, abs_tol=2e-09)
assert math.isclose(x.grad.item(), 2.0595697955721652, rel_tol=1e-09, abs_tol=2e-09)
