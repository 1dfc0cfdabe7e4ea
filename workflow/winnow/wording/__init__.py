"""How a text is read: its words and sentences, their spellings, and the phrases that are looked for in them."""
