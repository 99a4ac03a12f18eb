import { runPythonBench } from './python-bench.mjs';

/** @returns the figures, see record.ts */
export const run = async ({ root, tiny }) => runPythonBench(root, 'ternary', [tiny ? 'tiny' : 'full']);
