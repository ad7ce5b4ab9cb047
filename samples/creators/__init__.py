"""The work around samples: creators, links, requests, posts, rights, and what came of it."""
