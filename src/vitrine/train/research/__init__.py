"""The published systems, trainable beside ours under one protocol."""
