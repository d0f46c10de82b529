"""Cases on disk, their verdicts, and accepting what changed."""
