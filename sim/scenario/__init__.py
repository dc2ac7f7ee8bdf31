"""What the world is: scenarios, read from YAML and checked."""
