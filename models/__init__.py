"""The trained networks and their evaluation: knows text, labels and tensors, nothing of documents."""
