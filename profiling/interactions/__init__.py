"""Detectors of cross-domain interactions, one file each."""
