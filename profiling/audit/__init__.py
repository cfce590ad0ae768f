"""Read a source tree without running it: who calls whom, what is expensive, what changes state."""
