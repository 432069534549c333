import math

import torch

torch.set_default_dtype(torch.float64)


def circuit(x, y, z, w):
    """The value of f and its gradient in each variable, by autograd."""
    x = torch.tensor(float(x), requires_grad=True)
    y = torch.tensor(float(y), requires_grad=True)
    z = torch.tensor(float(z), requires_grad=True)
    w = torch.tensor(float(w), requires_grad=True)
    # forward pass
    p = x*y
    m = torch.maximum(z, w)
    s = p + m
    f = 2.0*s
    # backward pass, by torch
    f.backward()
    return f.item(), {"x": x.grad.item(), "y": y.grad.item(), "z": z.grad.item(), "w": w.grad.item()}


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
