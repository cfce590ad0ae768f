"""Observe: profile, measure and compare a repository without changing it."""
