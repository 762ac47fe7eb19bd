"""Rules that span several keys, run over whatever of the file is right by itself."""
