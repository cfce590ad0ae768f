"""Pass 4: tools asked for one by one, each of which looks deeper at what the profile found."""
