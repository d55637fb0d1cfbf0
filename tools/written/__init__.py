"""Parts of tools/written-mail.py: texts, body, links, senders, sites."""
