"""What this machine is and how busy it is, as far as this process may use it.

`facts.facts` says what does not change, `reader.Reader` takes a reading, `sampler.Sampler` takes
one every few seconds in the background. Nothing here starts another program, and nothing is
loaded, read or started by importing it.
"""
