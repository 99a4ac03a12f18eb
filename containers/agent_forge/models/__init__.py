"""TinyTitan: everything that is needed to build, load and run a model. Imports torch and safetensors only."""
