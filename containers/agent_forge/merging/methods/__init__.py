"""One file per family of methods; `registry` names them all."""
