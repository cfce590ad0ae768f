"""What an agent may do: read one checkout, ask what is known of it, try a fix. No shell, no writing, no network."""
