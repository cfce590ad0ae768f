"""Cases of `benchmarks.recipe_ratios`: one function a recipe."""
