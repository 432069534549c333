#include <stdio.h>

int main(void)
{
    // the point
    double x = -2.0;
    double y = 5.0;
    double z = -4.0;

    // forward pass
    double q = x + y;  // 3.0
    double f = q*z;    // -12.0
    // backward pass
    double df = 1.0;
    // backprop f = q*z
    double dq = z * df;  // -4.0
    double dz = q * df;  // 3.0
    // backprop q = x + y
    double dx = dq;      // -4.0
    double dy = dq;      // -4.0

    printf("f = %.17g\n", f);
    printf("df/dx = %.17g\n", dx);
    printf("df/dy = %.17g\n", dy);
    printf("df/dz = %.17g\n", dz);
    return 0;
}
