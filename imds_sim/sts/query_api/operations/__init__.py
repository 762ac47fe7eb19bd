"""One file per operation on the wire: parameters into a request, a result into elements."""
