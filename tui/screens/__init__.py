"""Whole screens and dialogs. They ask the desk through the app and show what came back."""
