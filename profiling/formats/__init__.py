"""Writers of profile formats that other tools read."""
