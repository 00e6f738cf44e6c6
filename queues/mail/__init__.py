"""How a mail is read: bytes in, an `Incoming` out, whatever a sender did to it. Runs inside the helper process.

The MIME tree comes from the standard library's compat32 parser; everything past it (headers, parameters,
charsets, HTML) is decoded here, because the newer policies raise on real mail.
"""
