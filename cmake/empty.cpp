// A library needs a source; what counts of this one is its precompiled header.
