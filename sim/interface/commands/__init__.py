"""What may be typed: the commands, their options and their help. What they do is in the other rooms."""
