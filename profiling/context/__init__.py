"""What a repository is: its layout, interpreter, commands and documents, read without running it."""
