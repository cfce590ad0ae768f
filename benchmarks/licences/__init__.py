"""The licence's proof: every licensed rewrite at once in popular packages, whose own tests then pass as before."""
