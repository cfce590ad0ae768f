"""What a person reads of an audit: trees, Markdown, diagrams."""
