import math

# the point
y = -4.0
x = 3.0

# forward pass
g1 = -y              # 4.0
g2 = math.exp(g1)    # 54.598150033144236
g3 = 1.0 + g2        # 55.598150033144236
sigy = 1.0/g3        # 0.01798620996209156
num = x + sigy       # 3.0179862099620918
g4 = -x              # -3.0
g5 = math.exp(g4)    # 0.049787068367863944
g6 = 1.0 + g5        # 1.0497870683678638
sigx = 1.0/g6        # 0.9525741268224334
xpy = x + y          # -1.0
xpysqr = xpy**2      # 1.0
den = sigx + xpysqr  # 1.9525741268224333
invden = 1.0/den     # 0.5121444488396316
f = num*invden       # 1.5456448841066441
# backward pass
df = 1.0
# backprop f = num*invden
dnum = invden * df            # 0.5121444488396316
dinvden = num * df            # 3.0179862099620918
# backprop invden = 1.0/den
dden = -invden/den * dinvden  # -0.7915934472725935
# backprop den = sigx + xpysqr
dsigx = dden                  # -0.7915934472725935
dxpysqr = dden                # -0.7915934472725935
# backprop xpysqr = xpy**2
dxpy = 2.0*xpy * dxpysqr      # 1.583186894545187
# backprop xpy = x + y
dx = dxpy                     # 1.583186894545187
dy = dxpy                     # 1.583186894545187
# backprop sigx = 1.0/g6
dg6 = -sigx/g6 * dsigx        # 0.7182898890213971
# backprop g6 = 1.0 + g5
dg5 = dg6                     # 0.7182898890213971
# backprop g5 = math.exp(g4)
dg4 = g5 * dg5                # 0.035761547812653706
# backprop g4 = -x
dx += -dg4                    # += at a fork: adds -0.035761547812653706
# backprop num = x + sigy
dx += dnum                    # += at a fork: adds 0.5121444488396316
dsigy = dnum                  # 0.5121444488396316
# backprop sigy = 1.0/g3
dg3 = -sigy/g3 * dsigy        # -0.0001656806491269568
# backprop g3 = 1.0 + g2
dg2 = dg3                     # -0.0001656806491269568
# backprop g2 = math.exp(g1)
dg1 = g2 * dg2                # -0.009045856938622315
# backprop g1 = -y
dy += -dg1                    # += at a fork: adds 0.009045856938622315

print("f =", f)
print("df/dy =", dy)
print("df/dx =", dx)
