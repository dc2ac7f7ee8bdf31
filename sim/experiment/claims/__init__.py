"""Claims: what business writing says of old and new customers, put on trial in worlds that anybody can live again."""
