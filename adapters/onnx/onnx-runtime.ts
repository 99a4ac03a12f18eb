/** Graphs in onnxruntime-node, on the CPU. The package is optional: where it is absent, only who asks for a graph learns of it. */
import { createRequire } from 'node:module';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { OnnxGraph } from '#contracts/source/onnx-graph.ts';
import { ForgeError } from '#core/domain/errors.ts';
import type { GraphRuntime, GraphSession, GraphState, StateTensor } from '#core/ports/graph-runtime.ts';
import { readGraphFolder } from './graph-folder.ts';

type Library = typeof import('onnxruntime-node');

const PACKAGE = 'onnxruntime-node';

/** @param from a file whose packages are looked through, or a folder's with a slash at its end */
function loadLibrary(from: string): Library {
  try {
    // By its name at run time: a bundle can hold no native binary.
    return createRequire(from)(PACKAGE) as Library;
  } catch (error) {
    throw new ForgeError('dependency', `ONNX is disabled here: ${PACKAGE} cannot be loaded.`, {
      code: 'onnx_disabled',
      hint: 'Install it in the project folder: npm run setup. It exists for Linux, macOS and Windows.',
      cause: error,
    });
  }
}

function tensorsOf(library: Library, state: GraphState): Record<string, Tensor> {
  const made = Object.entries(state.tensors).map(([name, { data, shape }]) => {
    const dtype = data instanceof BigInt64Array ? 'int64' : 'float32';
    return [name, new library.Tensor(dtype as 'float32', data as Float32Array, [...shape])];
  });
  return Object.fromEntries(made) as Record<string, Tensor>;
}

function stateOf({ state }: OnnxGraph, results: InferenceSession.ReturnType, rows: number): GraphState {
  const tensors = state.map(({ input, output }): [string, StateTensor] => {
    const tensor = results[output] as Tensor;
    return [input, { data: tensor.data as Float32Array, shape: tensor.dims }];
  });
  return { rows, tensors: Object.fromEntries(tensors) };
}

function sessionOf(library: Library, graph: OnnxGraph, session: InferenceSession): GraphSession {
  return {
    graph,
    runtime: `${PACKAGE} ${library.env.versions.node ?? ''}`.trim(),
    async step(tokens, state) {
      const length = tokens[0]?.length ?? 0;
      const ids = BigInt64Array.from(tokens.flat(), BigInt);
      const feeds = {
        ...tensorsOf(library, state),
        [graph.tokens.name]: new library.Tensor('int64', ids, [tokens.length, length]),
      };
      const results = await session.run(feeds);
      const logits = (results[graph.logits.name] as Tensor).data as Float32Array;
      return { logits, state: stateOf(graph, results, tokens.length) };
    },
    close: () => session.release(),
  };
}

/**
 * @param options.from where the package is looked for: a file beside node_modules
 * @param options.threads of one call @default 1
 */
export function onnxRuntime({
  from,
  threads = 1,
}: {
  readonly from: string;
  readonly threads?: number;
}): GraphRuntime {
  return {
    async open(folder) {
      // The files first: what is wrong with them is wrong on every machine.
      const { graph, path } = await readGraphFolder(folder);
      const library = loadLibrary(from);
      const session = await library.InferenceSession.create(path, {
        executionProviders: ['cpu'],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
      }).catch((error: Error) => {
        throw new ForgeError('validation', `onnxruntime does not take the graph: ${error.message}`, {
          code: 'graph_invalid',
          cause: error,
        });
      });
      return sessionOf(library, graph, session);
    },
  };
}
