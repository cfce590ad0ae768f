from hypothesis import settings

# A test's time says more of the machine than of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
