"""Say: the texts that agents are given, each with its typed inputs."""
