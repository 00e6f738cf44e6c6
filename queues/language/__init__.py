"""The language a customer wrote in: cleaning, scripts, our own small model, priors, confidence.

Imports `quotes` and `data`; `detector.detect` is the way in.
"""
