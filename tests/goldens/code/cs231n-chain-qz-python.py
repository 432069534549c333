# the point
x = -2.0
y = 5.0
z = -4.0

# forward pass
q = x + y  # 3.0
f = q*z    # -12.0
# backward pass
df = 1.0
# backprop f = q*z
dq = z * df  # -4.0
dz = q * df  # 3.0
# backprop q = x + y
dx = dq      # -4.0
dy = dq      # -4.0

print("f =", f)
print("df/dx =", dx)
print("df/dy =", dy)
print("df/dz =", dz)
