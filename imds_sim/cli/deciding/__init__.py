"""Authorization decisions for lines of JSON: a request and its policies in, a decision out."""
