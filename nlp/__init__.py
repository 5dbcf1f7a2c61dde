"""From a text to records: language, entities, events, links. Never sees files or HTTP."""
