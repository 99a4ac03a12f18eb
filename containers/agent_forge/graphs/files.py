"""Names of a graph's files, inputs and outputs."""

GRAPH, DATA, DOCUMENT = "model.onnx", "model.onnx.data", "graph.json"
TOKENS, LOGITS = "tokens", "logits"
OPSET = 18


def input_name(state: str) -> str:
    """The input that a part of the state goes in by."""
    return f"past_{state}"


def output_name(state: str) -> str:
    """The output that it comes out by."""
    return f"present_{state}"
