import numpy as np

# the point
w0 = 2.0
x0 = -1.0
w1 = -3.0
x1 = -2.0
w2 = -3.0

# forward pass
a = w0*x0      # -2.0
b = w1*x1      # 6.0
c = a + b      # 4.0
d = c + w2     # 1.0
n = -1.0*d     # -1.0
e = np.exp(n)  # 0.36787944117144233
g = e + 1.0    # 1.3678794411714423
f = 1.0/g      # 0.7310585786300049
# backward pass
df = 1.0
# backprop f = 1.0/g
dg = -f/g * df  # -0.534446645388523
# backprop g = e + 1.0
de = dg         # -0.534446645388523
# backprop e = np.exp(n)
dn = e * de     # -0.19661193324148188
# backprop n = -1.0*d
dd = -dn        # 0.19661193324148188
# backprop d = c + w2
dc = dd         # 0.19661193324148188
dw2 = dd        # 0.19661193324148188
# backprop c = a + b
da = dc         # 0.19661193324148188
db = dc         # 0.19661193324148188
# backprop b = w1*x1
dw1 = x1 * db   # -0.39322386648296376
dx1 = w1 * db   # -0.5898357997244457
# backprop a = w0*x0
dw0 = x0 * da   # -0.19661193324148188
dx0 = w0 * da   # 0.39322386648296376

print("f =", f)
print("df/dw0 =", dw0)
print("df/dx0 =", dx0)
print("df/dw1 =", dw1)
print("df/dx1 =", dx1)
print("df/dw2 =", dw2)
