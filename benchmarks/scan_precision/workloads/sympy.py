"""Formulas are expanded, differentiated, integrated, solved and simplified, and a matrix is inverted."""

import hashlib

from sympy import (
    Matrix,
    Rational,
    cos,
    diff,
    exp,
    expand,
    factor,
    integrate,
    latex,
    limit,
    series,
    simplify,
    sin,
    solve,
    symbols,
)

x, y, z = symbols("x y z")
digest = hashlib.sha256()


def told(formula):
    """Add a formula to the digest."""
    digest.update(str(formula).encode())


told(expand((x + y + z + 1) ** 9))
told(factor(expand((x - 1) ** 3 * (x + 2) ** 2 * (x**2 + x + 1))))
told(diff(sin(x) * exp(x**2) / (1 + x), x, 4))
told(integrate(x**2 * exp(x) * cos(x), x))
told(solve([x**2 + y - 3, x + y**2 - 5], [x, y])[0])
told(solve(x**3 - 6 * x**2 + 11 * x - 6, x))
told(simplify(sin(x) ** 4 - cos(x) ** 4 + (x**2 - 1) / (x - 1)))
told(limit((1 - cos(x)) / x**2, x, 0))
told(series(exp(sin(x)), x, 0, 9))
told(Matrix(5, 5, lambda i, j: Rational(1, i + j + 1)).inv())
told(Matrix([[x, y, 1], [1, x, z], [y, 1, x]]).det())
told(latex(expand((x + y) ** 6) / (z + 1)))
print(digest.hexdigest())
