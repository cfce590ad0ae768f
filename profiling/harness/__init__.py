"""Single files injected into the target interpreter: stdlib only, Python 3.9+, importing nothing of ours."""
