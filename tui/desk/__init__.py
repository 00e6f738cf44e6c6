"""The desk's screen: its layout, and how its subjects change tickets."""
