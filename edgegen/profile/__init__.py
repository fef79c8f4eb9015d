"""What one inference costs on a target, per node, measured in the emulator."""
