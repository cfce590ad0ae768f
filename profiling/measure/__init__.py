"""Paired measurement of two trees."""
