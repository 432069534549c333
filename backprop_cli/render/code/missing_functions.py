"""Functions that a language's standard library lacks, as the text of a short and accurate one in that language.

digamma is the recurrence up to 15, then the asymptotic series (Abramowitz and Stegun 6.3.18), with the reflection
formula below 0; polygamma is 6.4.6 and 6.4.11 in the same way.
"""

from __future__ import annotations

DIGAMMA = """\
def digamma(x):
    if x < 0:
        return digamma(1 - x) - math.pi/math.tan(math.pi*(x - round(x)))
    total = 0.0
    while x < 15:
        total -= 1/x
        x += 1
    y = 1/(x*x)
    series = y*(1/12 - y*(1/120 - y*(1/252 - y*(1/240 - y*(1/132 - y*(691/32760 - y/12))))))
    return total + math.log(x) - 1/(2*x) - series
"""

POLYGAMMA = """\
def polygamma(n, x):
    n = int(n)
    if n == 0:
        return digamma(x)
    if x < -1e6:
        raise ValueError("polygamma is summed term by term, and x is too far below 0")
    total = 0.0
    while x < n + 15:
        total += 1/x**(n + 1)
        x += 1
    total += 1/(n*x**n) + 1/(2*x**(n + 1))
    term = (n + 1)/(2*x**(n + 2))
    bernoulli = (1/6, -1/30, 1/42, -1/30, 5/66, -691/2730, 7/6, -3617/510, 43867/798, -174611/330)
    for k, number in enumerate(bernoulli, start=1):
        total += number*term
        term *= (2*k + n)*(2*k + n + 1)/((2*k + 1)*(2*k + 2)*x*x)
    return math.factorial(n)*(total if n % 2 else -total)
"""

SIGN = """\
def sign(x):
    return float((x > 0) - (x < 0))
"""

# 1/cosh(x) for every x: cosh itself leaves the range of doubles at 710.
SECH = """\
def sech(x):
    t = {exp}(-{abs}(x))
    return 2*t/(1 + t*t)
"""

C_DIGAMMA = """\
static double digamma(double x)
{
    double total = 0.0;
    if (x < 0) {
        const double pi = 3.141592653589793;
        total = -pi/tan(pi*(x - round(x)));
        x = 1 - x;
    }
    for (; x < 15; x += 1) {
        total -= 1/x;
    }
    const double y = 1/(x*x);
    const double series =
        y*(1.0/12 - y*(1.0/120 - y*(1.0/252 - y*(1.0/240 - y*(1.0/132 - y*(691.0/32760 - y/12))))));
    return total + log(x) - 1/(2*x) - series;
}
"""

C_POLYGAMMA = """\
static double polygamma(double order, double x)
{
    static const double bernoulli[] = {1.0/6, -1.0/30, 1.0/42, -1.0/30, 5.0/66,
                                       -691.0/2730, 7.0/6, -3617.0/510, 43867.0/798, -174611.0/330};
    const int n = (int)order;
    if (n == 0) {
        return digamma(x);
    }
    if (x < -1e6) {
        return NAN;  // it is summed term by term, and x is too far below 0
    }
    double total = 0.0;
    for (; x < n + 15; x += 1) {
        total += 1/pow(x, n + 1);
    }
    total += 1/(n*pow(x, n)) + 1/(2*pow(x, n + 1));
    double term = (n + 1)/(2*pow(x, n + 2));
    for (int k = 1; k <= 10; k++) {
        total += bernoulli[k - 1]*term;
        term *= (2.0*k + n)*(2.0*k + n + 1)/((2.0*k + 1)*(2.0*k + 2)*x*x);
    }
    return tgamma(n + 1.0)*(n % 2 ? total : -total);
}
"""

C_SIGN = """\
static double sign(double x)
{
    return (x > 0) - (x < 0);
}
"""

C_SECH = """\
static double sech(double x)
{
    const double t = exp(-fabs(x));
    return 2*t/(1 + t*t);
}
"""

C_MOD = """\
static double mod(double x, double y)
{
    const double r = fmod(x, y);
    return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}
"""
