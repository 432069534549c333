import math

import torch

torch.set_default_dtype(torch.float64)

# the point
x = torch.tensor(-2.0, requires_grad=True)
y = torch.tensor(5.0, requires_grad=True)
z = torch.tensor(-4.0, requires_grad=True)

# forward pass
q = x + y  # 3.0
f = q*z    # -12.0
# backward pass, by torch
f.backward()

print("f =", f.item())
print("df/dx =", x.grad.item())
print("df/dy =", y.grad.item())
print("df/dz =", z.grad.item())

# what backprop computed
assert math.isclose(f.item(), -12.0, rel_tol=1e-09, abs_tol=1e-09)
assert math.isclose(x.grad.item(), -4.0, rel_tol=1e-09, abs_tol=4e-09)
assert math.isclose(y.grad.item(), -4.0, rel_tol=1e-09, abs_tol=4e-09)
assert math.isclose(z.grad.item(), 3.0, rel_tol=1e-09, abs_tol=3e-09)
