"""The model that runs on this machine: which ones there are, how one gets here, and the process that runs it.

`catalog` pins the bytes, `fetching` brings them from the first of several `sources` that has them, `serving` runs them
behind the same protocol as every other provider, and `state` tells all other processes how far that is, through files
in one folder. Only `serving` loads the engine; a crash in it ends nothing but its own process.
"""
