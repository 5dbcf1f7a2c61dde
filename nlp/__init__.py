"""From a text to records: language, sentences, entities, events, links. Never sees bytes, files or HTTP."""
