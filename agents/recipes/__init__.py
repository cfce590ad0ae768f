"""Deterministic rewrites, one file each, guided by recorded facts."""
