"""Facts the product starts with: taxonomies and gazetteers, versioned and validated."""
