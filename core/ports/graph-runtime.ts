/** A model's graph in a runtime: tokens and state in, logits and state out. */
import type { OnnxGraph } from '#contracts/source/onnx-graph.ts';

/** The numbers of one input or output, rows first. */
export interface StateTensor {
  readonly data: Float32Array | BigInt64Array;
  readonly shape: readonly number[];
}

/** What a call hands to the next one, by the names of the inputs. */
export interface GraphState {
  readonly rows: number;
  readonly tensors: Readonly<Record<string, StateTensor>>;
}

export interface GraphStep {
  /** [rows, tokens, vocabRows], one after the other. */
  readonly logits: Float32Array;
  readonly state: GraphState;
}

export interface GraphSession {
  readonly graph: OnnxGraph;
  /** Such as `onnxruntime-node 1.30.0`. */
  readonly runtime: string;
  /** @param tokens rows of token ids, all of one length of at least 1 */
  step(tokens: readonly (readonly number[])[], state: GraphState): Promise<GraphStep>;
  close(): Promise<void>;
}

export interface GraphRuntime {
  /**
   * @param folder with graph.json and the files that it names
   * @throws ForgeError `validation` for files that are unsafe or not what graph.json says; `dependency`, code
   *   `onnx_disabled`, where this machine has no runtime
   */
  open(folder: string): Promise<GraphSession>;
}
