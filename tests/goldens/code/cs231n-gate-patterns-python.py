def circuit(x, y, z, w):
    """The value of f and its gradient in each variable."""
    # forward pass
    p = x*y
    m = max(z, w)
    s = p + m
    f = 2.0*s
    # backward pass
    df = 1.0
    # backprop f = 2.0*s
    ds = 2.0 * df
    # backprop s = p + m
    dp = ds
    dm = ds
    # backprop m = max(z, w)
    n_m = [z, w].count(m)
    dz = (1.0/n_m if z == m else 0.0) * dm
    dw = (1.0/n_m if w == m else 0.0) * dm
    # backprop p = x*y
    dx = y * dp
    dy = x * dp
    return f, {"x": dx, "y": dy, "z": dz, "w": dw}


if __name__ == "__main__":
    value, gradient = circuit(x=3.0, y=-4.0, z=2.0, w=-1.0)
    print("f =", value)
    for name in gradient:
        print(f"df/d{name} =", gradient[name])
