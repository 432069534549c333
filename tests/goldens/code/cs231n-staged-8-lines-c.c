#include <math.h>
#include <stdio.h>

int main(void)
{
    // the point
    double y = -4.0;
    double x = 3.0;

    // forward pass
    double g1 = -y;                 // 4.0
    double g2 = exp(g1);            // 54.598150033144236
    double g3 = 1.0 + g2;           // 55.598150033144236
    double sigy = 1.0/g3;           // 0.01798620996209156
    double num = x + sigy;          // 3.0179862099620918
    double g4 = -x;                 // -3.0
    double g5 = exp(g4);            // 0.049787068367863944
    double g6 = 1.0 + g5;           // 1.0497870683678638
    double sigx = 1.0/g6;           // 0.9525741268224334
    double xpy = x + y;             // -1.0
    double xpysqr = pow(xpy, 2.0);  // 1.0
    double den = sigx + xpysqr;     // 1.9525741268224333
    double invden = 1.0/den;        // 0.5121444488396316
    double f = num*invden;          // 1.5456448841066441
    // backward pass
    double df = 1.0;
    // backprop f = num*invden
    double dnum = invden * df;            // 0.5121444488396316
    double dinvden = num * df;            // 3.0179862099620918
    // backprop invden = 1.0/den
    double dden = -invden/den * dinvden;  // -0.7915934472725935
    // backprop den = sigx + xpysqr
    double dsigx = dden;                  // -0.7915934472725935
    double dxpysqr = dden;                // -0.7915934472725935
    // backprop xpysqr = pow(xpy, 2.0)
    double dxpy = 2.0*xpy * dxpysqr;      // 1.583186894545187
    // backprop xpy = x + y
    double dx = dxpy;                     // 1.583186894545187
    double dy = dxpy;                     // 1.583186894545187
    // backprop sigx = 1.0/g6
    double dg6 = -sigx/g6 * dsigx;        // 0.7182898890213971
    // backprop g6 = 1.0 + g5
    double dg5 = dg6;                     // 0.7182898890213971
    // backprop g5 = exp(g4)
    double dg4 = g5 * dg5;                // 0.035761547812653706
    // backprop g4 = -x
    dx += -dg4;                           // += at a fork: adds -0.035761547812653706
    // backprop num = x + sigy
    dx += dnum;                           // += at a fork: adds 0.5121444488396316
    double dsigy = dnum;                  // 0.5121444488396316
    // backprop sigy = 1.0/g3
    double dg3 = -sigy/g3 * dsigy;        // -0.0001656806491269568
    // backprop g3 = 1.0 + g2
    double dg2 = dg3;                     // -0.0001656806491269568
    // backprop g2 = exp(g1)
    double dg1 = g2 * dg2;                // -0.009045856938622315
    // backprop g1 = -y
    dy += -dg1;                           // += at a fork: adds 0.009045856938622315

    printf("f = %.17g\n", f);
    printf("df/dy = %.17g\n", dy);
    printf("df/dx = %.17g\n", dx);
    return 0;
}
