/** The folder of a graph, checked before a runtime sees it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type OnnxGraph, onnxGraph } from '#contracts/source/onnx-graph.ts';
import { ForgeError } from '#core/domain/errors.ts';
import { requireHarmlessGraph } from '#core/domain/inference/onnx-faults.ts';

export const DOCUMENT = 'graph.json';
/** Weights lie beside the graph, so it is small. */
const MOST_GRAPH_BYTES = 64 * 2 ** 20;
const MOST_DOCUMENT_BYTES = 2 ** 20;
const NEXT = 'Write it again: forge models export REF --to onnx --out DIR.';

function refused(code: string, message: string): ForgeError {
  return new ForgeError('validation', message, { code, hint: NEXT });
}

/** Size of a plain file that has this one name only. */
async function sizeOf(folder: string, name: string): Promise<number> {
  const found = await lstat(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!found) throw refused('missing_file', `The graph's folder has no ${name}.`);
  if (!found.isFile() || found.nlink !== 1)
    throw refused('unsafe_path', `${name} is a link, or a file that has another name as well.`);
  return found.size;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function readDocument(folder: string): Promise<OnnxGraph> {
  const size = await sizeOf(folder, DOCUMENT);
  if (size > MOST_DOCUMENT_BYTES)
    throw refused('graph_invalid', `${DOCUMENT} has ${size} bytes; expected at most ${MOST_DOCUMENT_BYTES}.`);
  let document: unknown;
  try {
    document = JSON.parse(await readFile(join(folder, DOCUMENT), 'utf8'));
  } catch (error) {
    throw refused('graph_invalid', `${DOCUMENT} is no JSON: ${(error as Error).message}.`);
  }
  const read = onnxGraph.safeParse(document);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw refused('graph_invalid', `${DOCUMENT} at ${issue?.path.join('.') || 'its root'}: ${issue?.message}.`);
}

/**
 * @returns what graph.json says, and the path of the graph
 * @throws ForgeError `validation`: `missing_file`, `unsafe_path`, `graph_invalid`, `file_too_large`,
 *   `checksum_mismatch`, `op_not_allowed` or `opset_not_supported`
 */
export async function readGraphFolder(
  folder: string,
): Promise<{ readonly graph: OnnxGraph; readonly path: string }> {
  const graph = await readDocument(folder);
  for (const [place, { name, bytes, sha256 }] of graph.files.entries()) {
    const size = await sizeOf(folder, name);
    if (place === 0 && size > MOST_GRAPH_BYTES)
      throw refused('file_too_large', `${name} has ${size} bytes; expected at most ${MOST_GRAPH_BYTES}.`);
    if (size !== bytes || (await hashOf(join(folder, name))) !== sha256)
      throw refused(
        'checksum_mismatch',
        `${name} is not the file that ${DOCUMENT} names (SHA-256 ${sha256}).`,
      );
  }
  const path = join(folder, graph.files[0]?.name ?? '');
  const names = graph.files.map(({ name }) => name);
  requireHarmlessGraph(await readFile(path), { names, opset: graph.opset });
  return { graph, path };
}
