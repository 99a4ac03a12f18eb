/** A base and models continued from it, in the registry with weights that can be read: what a merge starts from. */
import { contentKey } from '#core/domain/blob-key.ts';
import { makeUlid } from '#core/domain/ids.ts';
import type { Model } from '#core/domain/model.ts';
import { sha256Of } from './memory/blobs.ts';
import { ADMIN, type MemoryPorts } from './memory-ports.ts';
import { counting, safetensors, type ToyTensor } from './model-bytes.ts';
import { hashOf, toyArchitecture, toyProperties } from './toy-models.ts';

export interface Member {
  readonly name: string;
  readonly role?: string;
  readonly tensors?: Readonly<Record<string, ToyTensor>>;
  readonly properties?: Partial<Model['properties']>;
  readonly parents?: Model['parents'];
}

const SHAPES = { 'embed.weight': counting([4, 2]), 'norm.weight': counting([2]) };

/** Registers one model. Its weights differ from those of every other name. */
export async function registerMember(
  ports: MemoryPorts,
  { name, role = 'variant', tensors = SHAPES, properties = {}, parents = [] }: Member,
): Promise<Model> {
  const bytes = safetensors(tensors, { of: name });
  const sha256 = sha256Of(bytes);
  ports.store.blobs.set(contentKey('default', sha256), bytes);
  const now = ports.clock.now();
  const at = now.toISOString();
  const uri = ports.blobs.uri(contentKey('default', sha256));
  const model: Model = {
    schemaVersion: 1,
    tenant: ADMIN.tenant,
    id: makeUlid(now, ports.entropy.bytes(10)),
    name,
    version: 1,
    runId: null,
    phase: null,
    role,
    status: 'active',
    files: [{ path: 'model.safetensors', uri, sha256, bytes: bytes.length }],
    architecture: toyArchitecture(),
    properties: toyProperties({ weightsHash: sha256, ...properties }),
    parents,
    lifecycle: [],
    createdAt: at,
    updatedAt: at,
    recordVersion: 1,
  };
  await ports.registry.commit(ADMIN.tenant, [{ kind: 'model', model, expected: null }]);
  return model;
}

/** A base, and three models continued from it; `change` alters the last of them. */
export async function registerFamily(ports: MemoryPorts, change: Partial<Member> = {}): Promise<Model[]> {
  const base = await registerMember(ports, {
    name: 'base',
    role: 'imported',
    properties: { baseHash: null, relativeTaskVector: null },
  });
  const baseHash = base.properties.weightsHash;
  const members: Model[] = [base];
  for (const name of ['one', 'two', 'three']) {
    const own = name === 'three' ? change : {};
    const properties = { baseHash, ...own.properties };
    members.push(await registerMember(ports, { name, ...own, properties }));
  }
  return members;
}

export const OTHER = hashOf('another');
