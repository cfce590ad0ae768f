"""The records a session leaves under `.codeflash/`."""
