"""Reading a mail (bytes in, an `Incoming` out, whatever its sender did to it) and writing one.

The MIME tree comes from the standard library's compat32 parser; headers, parameters, charsets and HTML are
decoded here, because the newer policies raise on real mail. Reading runs inside the helper process.

Imports `language`, `quotes` and `data`.
"""
