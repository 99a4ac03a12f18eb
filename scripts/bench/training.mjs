import { runPythonBench } from './python-bench.mjs';

/** @returns the figures, see record.ts */
export const run = async ({ root, tiny }) => runPythonBench(root, 'training', [tiny ? 'tiny' : 'full']);
