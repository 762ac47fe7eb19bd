"""What commands do to the machine itself: addresses, units."""
