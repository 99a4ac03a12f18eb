import { runPythonBench } from './python-bench.mjs';

/** Whole processes, merged models of 95.5 million parameters. @returns the figures, see record.ts */
export const run = async ({ root, folder, tiny }) =>
  runPythonBench(root, 'merge', [tiny ? 'tiny' : 'full', folder]);
