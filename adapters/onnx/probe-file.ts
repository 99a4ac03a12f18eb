/** probe.json of a graph's folder. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DeploymentProbe, deploymentProbe } from '#contracts/source/deployment-probe.ts';
import type { OnnxGraph } from '#contracts/source/onnx-graph.ts';
import { ForgeError } from '#core/domain/errors.ts';

const PROBE = 'probe.json';

function refused(what: string): ForgeError {
  return new ForgeError('validation', `${PROBE} ${what}.`, {
    code: 'probe_invalid',
    hint: 'Write it again: forge models export REF --to onnx --out DIR.',
  });
}

function parse(text: string): DeploymentProbe {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw refused('is no JSON');
  }
  const read = deploymentProbe.safeParse(document);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw refused(`at ${issue?.path.join('.') || 'its root'}: ${issue?.message}`);
}

function isStated({ logits, sha256 }: DeploymentProbe['cases'][number]['whole'], size: number): boolean {
  const bytes = Buffer.from(logits, 'base64');
  return bytes.length === size && createHash('sha256').update(bytes).digest('hex') === sha256;
}

/**
 * @returns null where the folder has none
 * @throws ForgeError `validation`, code `probe_invalid`
 */
export async function readProbe(folder: string, graph: OnnxGraph): Promise<DeploymentProbe | null> {
  const text = await readFile(join(folder, PROBE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const probe = parse(text);
  if (probe.graph !== graph.files[0]?.sha256 || probe.vocabRows !== graph.model.vocabRows)
    throw refused('is about another graph');
  for (const { tokens, whole, stepwise } of probe.cases) {
    const expected = tokens.length * (tokens[0]?.length ?? 0) * probe.vocabRows * 4;
    if (![whole, stepwise].every((stated) => isStated(stated, expected)))
      throw refused('has logits of another size or hash than it says');
    if (tokens.some((row) => row.length !== tokens[0]?.length || row.some((id) => id >= probe.vocabRows)))
      throw refused('has rows of several lengths, or tokens that the graph has not');
  }
  return probe;
}
