"""The files of target `automotive`: what each of the 17 holds and where its figures come from."""
