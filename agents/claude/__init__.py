"""Claude behind the same protocol as the recipes. Nothing here imports the SDK before a model is called."""
