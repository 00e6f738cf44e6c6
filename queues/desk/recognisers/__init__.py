"""Recognisers of incoming messages, one per file; `registry.RECOGNISERS` is the order in which they are asked.

May import the rules of `queues` and its neighbours in `queues.desk`, but neither `desk` nor `file_message`.
"""
