#include <math.h>
#include <stdio.h>

// The value of f; its gradient in each variable is left behind the pointers.
double circuit(double x, double y, double z, double w, double *dx_out, double *dy_out, double *dz_out, double *dw_out)
{
    // forward pass
    double p = x*y;
    double m = fmax(z, w);
    double s = p + m;
    double f = 2.0*s;
    // backward pass
    double df = 1.0;
    // backprop f = 2.0*s
    double ds = 2.0 * df;
    // backprop s = p + m
    double dp = ds;
    double dm = ds;
    // backprop m = fmax(z, w)
    double n_m = (z == m) + (w == m);
    double dz = (z == m ? 1.0/n_m : 0.0) * dm;
    double dw = (w == m ? 1.0/n_m : 0.0) * dm;
    // backprop p = x*y
    double dx = y * dp;
    double dy = x * dp;
    *dx_out = dx;
    *dy_out = dy;
    *dz_out = dz;
    *dw_out = dw;
    return f;
}

int main(void)
{
    double dx, dy, dz, dw;
    double value = circuit(3.0, -4.0, 2.0, -1.0, &dx, &dy, &dz, &dw);
    printf("f = %.17g\n", value);
    printf("df/dx = %.17g\n", dx);
    printf("df/dy = %.17g\n", dy);
    printf("df/dz = %.17g\n", dz);
    printf("df/dw = %.17g\n", dw);
    return 0;
}
