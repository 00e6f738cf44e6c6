"""Converts other tools' answers to macros: reads their exports, maps their placeholders and conditions."""
