"""The outside systems, one file each: what they hold comes in as `Incoming`, our replies go out."""
