"""The matchers that have no rewrite: what a person or a model should look at, said with the place and what to do."""
