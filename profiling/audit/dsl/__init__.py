"""The postfix language of `.dsl` files: what an audit found, for other tools to read."""
