#include <math.h>
#include <stdio.h>

int main(void)
{
    // the point
    double w0 = 2.0;
    double x0 = -1.0;
    double w1 = -3.0;
    double x1 = -2.0;
    double w2 = -3.0;

    // forward pass
    double a = w0*x0;    // -2.0
    double b = w1*x1;    // 6.0
    double c = a + b;    // 4.0
    double d = c + w2;   // 1.0
    double n = -1.0*d;   // -1.0
    double e = exp(n);   // 0.36787944117144233
    double g = e + 1.0;  // 1.3678794411714423
    double f = 1.0/g;    // 0.7310585786300049
    // backward pass
    double df = 1.0;
    // backprop f = 1.0/g
    double dg = -f/g * df;  // -0.534446645388523
    // backprop g = e + 1.0
    double de = dg;         // -0.534446645388523
    // backprop e = exp(n)
    double dn = e * de;     // -0.19661193324148188
    // backprop n = -1.0*d
    double dd = -dn;        // 0.19661193324148188
    // backprop d = c + w2
    double dc = dd;         // 0.19661193324148188
    double dw2 = dd;        // 0.19661193324148188
    // backprop c = a + b
    double da = dc;         // 0.19661193324148188
    double db = dc;         // 0.19661193324148188
    // backprop b = w1*x1
    double dw1 = x1 * db;   // -0.39322386648296376
    double dx1 = w1 * db;   // -0.5898357997244457
    // backprop a = w0*x0
    double dw0 = x0 * da;   // -0.19661193324148188
    double dx0 = w0 * da;   // 0.39322386648296376

    printf("f = %.17g\n", f);
    printf("df/dw0 = %.17g\n", dw0);
    printf("df/dx0 = %.17g\n", dx0);
    printf("df/dw1 = %.17g\n", dw1);
    printf("df/dx1 = %.17g\n", dx1);
    printf("df/dw2 = %.17g\n", dw2);
    return 0;
}
