"""What is learned and how well: knows text, labels and numbers, nothing of documents."""
