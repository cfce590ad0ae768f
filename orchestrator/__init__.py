"""Decide: order, keep or discard, records, and the conversation with the person."""
