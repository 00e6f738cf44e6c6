"""Which language a customer wrote in: clean, script, own small model, priors, confidence, open world.

Imports `quotes` and `data`; `detector.detect` is the way in."""
