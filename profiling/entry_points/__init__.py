"""What the entry points of a workload do with their time, and what to run beside what."""
