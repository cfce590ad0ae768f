"""What a program does, recorded so that two versions can be compared."""
