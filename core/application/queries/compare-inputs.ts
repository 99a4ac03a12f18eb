/** Why input models cannot be merged, with the tensors that differ: read from the headers of their weights. */
import { contentKey } from '../../domain/blob-key.ts';
import { type ContractVerdict, contractError } from '../../domain/contract.ts';
import { ForgeError, type Problem } from '../../domain/errors.ts';
import { type Model, modelReference } from '../../domain/model.ts';
import { LENGTH_BYTES, readHeader, readHeaderLength } from '../../domain/model-import/safetensors.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';

/** So many tensors are named; the count says how many there are. */
const SHOWN = 20;

type Shapes = ReadonlyMap<string, string>;

/** The error for a verdict: that of a broken contract, or a more telling one where models do not fit each other. */
export async function refuseInputs(
  ports: Pick<ReadPorts, 'blobs'>,
  { violations }: ContractVerdict,
  models: readonly Model[],
): Promise<ForgeError> {
  const plain = contractError(violations);
  const broken = (name: string) => violations.some(({ rule }) => rule.endsWith(`.${name}`));
  if (broken('same-architecture')) return incompatible(ports, plain, models);
  if (!broken('same-tokenizer')) return plain;
  return new ForgeError('contract', `The models have different vocabularies. ${plain.message}`, {
    code: 'vocab_mismatch',
    problems: plain.problems,
    hint: 'Train the models on one tokenizer, or merge them by row number: forge.vocabulary: by_position in the recipe.',
  });
}

async function incompatible(
  ports: Pick<ReadPorts, 'blobs'>,
  plain: ForgeError,
  models: readonly Model[],
): Promise<ForgeError> {
  const [first] = models;
  const expected = first ? await shapesOf(ports, first) : null;
  const problems: Problem[] = [];
  for (const model of models.slice(1)) {
    const got = await shapesOf(ports, model);
    if (!first || !expected || !got) continue;
    problems.push(...differences([modelReference(first), expected], [modelReference(model), got]));
  }
  const count = problems.length;
  const told = count === 0 ? '' : ` ${count} tensor${count === 1 ? ' differs' : 's differ'}.`;
  return new ForgeError('contract', `The models cannot be merged.${told} ${plain.message}`, {
    code: 'incompatible_models',
    problems: [...plain.problems, ...problems.slice(0, SHOWN)],
    hint: 'Merging works tensor by tensor: choose models of one architecture, made from one base.',
  });
}

function differences(
  [first, expected]: readonly [string, Shapes],
  [name, got]: readonly [string, Shapes],
): readonly Problem[] {
  const names = [...new Set([...expected.keys(), ...got.keys()])].sort();
  const shown = (shapes: Shapes, tensor: string) => shapes.get(tensor) ?? 'none';
  return names
    .filter((tensor) => expected.get(tensor) !== got.get(tensor))
    .map((tensor) => ({
      pointer: '/input/models',
      code: 'incompatible_models',
      message: `${tensor}: ${first} has ${shown(expected, tensor)}, ${name} has ${shown(got, tensor)}`,
      expected: shown(expected, tensor),
      got: shown(got, tensor),
    }));
}

/** Names and shapes of all tensors; null where a file is gone or is not what it was when it was registered. */
async function shapesOf(ports: Pick<ReadPorts, 'blobs'>, { tenant, files }: Model): Promise<Shapes | null> {
  const shapes = new Map<string, string>();
  for (const { path, sha256, bytes } of files.filter((file) => file.path.endsWith('.safetensors'))) {
    try {
      const header = await readHead(ports, contentKey(tenant, sha256), bytes);
      const tensors = readHeader(header, bytes - LENGTH_BYTES - header.length);
      for (const { name, dtype, shape } of tensors) shapes.set(name, `${dtype} [${shape.join(', ')}]`);
    } catch (error) {
      if (error instanceof ForgeError) return null;
      throw new ForgeError('bug', `The header of ${path} could not be read.`, { cause: error });
    }
  }
  return shapes.size > 0 ? shapes : null;
}

/** The header's bytes, without reading the weights behind it. */
async function readHead(
  { blobs }: Pick<ReadPorts, 'blobs'>,
  key: string,
  fileBytes: number,
): Promise<Uint8Array> {
  const stream = await blobs.stream(key);
  if (!stream) throw new ForgeError('not_found', `${key} is gone.`);
  const parts: Uint8Array[] = [];
  let size = 0;
  let end = LENGTH_BYTES;
  for await (const chunk of stream) {
    parts.push(chunk);
    size += chunk.length;
    if (size < end) continue;
    const head = joined(parts, size);
    end = LENGTH_BYTES + readHeaderLength(head.subarray(0, LENGTH_BYTES), fileBytes);
    if (size >= end) return head.slice(LENGTH_BYTES, end);
  }
  throw new ForgeError('corrupt', `${key} ends before its header does.`);
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
