/** A project's folder with the program of the endpoint, bundled from the sources as they are. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT } from './fixture-tree.ts';

/** Below the repository, because the bundle finds onnxruntime-node in its packages; whoever made it deletes it. */
export function servingRoot(): string {
  const root = join(PROJECT, 'dist', 'test', `serving-${process.pid}`);
  const program = join(root, 'dist', 'local', 'inference.mjs');
  execFileSync(process.execPath, [join(PROJECT, 'test/support/bundle-server.mjs'), program, 'inference']);
  return root;
}
