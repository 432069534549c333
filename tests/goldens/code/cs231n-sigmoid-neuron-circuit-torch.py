import math

import torch

torch.set_default_dtype(torch.float64)

# the point
w0 = torch.tensor(2.0, requires_grad=True)
x0 = torch.tensor(-1.0, requires_grad=True)
w1 = torch.tensor(-3.0, requires_grad=True)
x1 = torch.tensor(-2.0, requires_grad=True)
w2 = torch.tensor(-3.0, requires_grad=True)

# forward pass
a = w0*x0         # -2.0
b = w1*x1         # 6.0
c = a + b         # 4.0
d = c + w2        # 1.0
n = -1.0*d        # -1.0
e = torch.exp(n)  # 0.36787944117144233
g = e + 1.0       # 1.3678794411714423
f = 1.0/g         # 0.7310585786300049
# backward pass, by torch
f.backward()

print("f =", f.item())
print("df/dw0 =", w0.grad.item())
print("df/dx0 =", x0.grad.item())
print("df/dw1 =", w1.grad.item())
print("df/dx1 =", x1.grad.item())
print("df/dw2 =", w2.grad.item())

# what backprop computed
assert math.isclose(f.item(), 0.7310585786300049, rel_tol=1e-09, abs_tol=1e-09)
assert math.isclose(w0.grad.item(), -0.19661193324148188, rel_tol=1e-09, abs_tol=1e-09)
assert math.isclose(x0.grad.item(), 0.39322386648296376, rel_tol=1e-09, abs_tol=1e-09)
assert math.isclose(w1.grad.item(), -0.39322386648296376, rel_tol=1e-09, abs_tol=1e-09)
assert math.isclose(x1.grad.item(), -0.5898357997244457, rel_tol=1e-09, abs_tol=1e-09)
assert math.isclose(w2.grad.item(), 0.19661193324148188, rel_tol=1e-09, abs_tol=1e-09)
