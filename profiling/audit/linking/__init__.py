"""The link pass: values followed through the facts of all files together."""
