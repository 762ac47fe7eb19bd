"""Values everything else is built from: time, chance, names, messages. Standard library only."""
