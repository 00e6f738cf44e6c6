"""Answering: macros on digits, the reply card, the composer, drafts, the outbox."""
