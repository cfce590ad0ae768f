"""The boxes of the graph, one thin function each."""
