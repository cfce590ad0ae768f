"""Looking at a process that runs already: from outside, for a while, without a trace in it."""
