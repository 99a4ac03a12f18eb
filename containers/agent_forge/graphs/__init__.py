"""Models as ONNX graphs: from tokens and a state to logits and the next state, written, checked and run.

Importing this package brings neither onnx nor onnxruntime: they take a second, and most jobs never need them.
"""
