"""One file a subject: the SQL of the store. Each reads and writes through the connection that `data.store` hands it."""
