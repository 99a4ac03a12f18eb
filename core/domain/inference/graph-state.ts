/** States of rows: begun, put together and taken apart. The first dimension of every part is the row. */
import type { OnnxGraph } from '#contracts/source/onnx-graph.ts';

interface Part {
  readonly data: Float32Array | BigInt64Array;
  readonly shape: readonly number[];
}
interface State {
  readonly rows: number;
  readonly tensors: Readonly<Record<string, Part>>;
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, each) => product * each, 1);

/** Zeros: nothing was read yet. */
export function emptyState({ state }: OnnxGraph, rows: number): State {
  const tensors = state.map(({ input, dtype, shape }) => {
    const whole = [rows, ...shape.slice(1).map(Number)];
    const size = sizeOf(whole);
    return [
      input,
      { shape: whole, data: dtype === 'int64' ? new BigInt64Array(size) : new Float32Array(size) },
    ];
  });
  return { rows, tensors: Object.fromEntries(tensors) as State['tensors'] };
}

function concatenated(parts: readonly Part[]): Part {
  const [first] = parts as readonly [Part, ...Part[]];
  const rows = parts.reduce((sum, { shape }) => sum + (shape[0] as number), 0);
  const shape = [rows, ...first.shape.slice(1)];
  const wide = first.data instanceof BigInt64Array;
  const data = wide ? new BigInt64Array(sizeOf(shape)) : new Float32Array(sizeOf(shape));
  let at = 0;
  for (const part of parts) {
    (data as Float32Array).set(part.data as Float32Array, at);
    at += part.data.length;
  }
  return { shape, data };
}

/** One state of all rows, in this order. @param states at least one */
export function joinStates(states: readonly State[]): State {
  const [first] = states;
  if (!first) throw new RangeError('no states to join; expected at least one');
  if (states.length === 1) return first;
  const join = (name: string) => concatenated(states.map(({ tensors }) => tensors[name] as Part));
  return {
    rows: states.reduce((sum, { rows }) => sum + rows, 0),
    tensors: Object.fromEntries(Object.keys(first.tensors).map((name) => [name, join(name)])),
  };
}

/** The state of each row by itself. */
export function splitState({ rows, tensors }: State): State[] {
  return Array.from({ length: rows }, (_, row) => ({
    rows: 1,
    tensors: Object.fromEntries(
      Object.entries(tensors).map(([name, { data, shape }]) => {
        const size = data.length / rows;
        return [name, { shape: [1, ...shape.slice(1)], data: data.slice(row * size, (row + 1) * size) }];
      }),
    ),
  }));
}
