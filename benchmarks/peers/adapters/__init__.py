"""One file a peer: the code that its documentation has a user write, and nothing that the others would not get."""
