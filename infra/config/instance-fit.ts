/** Which of the configured instance types could never hold a job of contracts/jobs.json: Batch would wait for ever. */
import jobs from '#contracts/jobs.json' with { type: 'json' };
import { PRICES } from '#contracts/source/prices.ts';

/** The system and the ECS agent keep some for themselves; 2 GiB on a 16 GiB instance is what Batch itself assumes. */
const RESERVED_MIB = 2048;

interface Types {
  readonly gpuInstanceTypes: readonly string[];
  readonly cpuInstanceTypes: readonly string[];
}

const demands = Object.entries(jobs.phases).map(([phase, facts]) => ({ phase, ...facts }));

function problemOf(type: string, gpu: boolean): string | undefined {
  const facts = PRICES.instances[type];
  if (!facts) return `${type} is not in contracts/prices.json; add its vCPUs, memory, GPUs and price there.`;
  if (gpu !== facts.gpus > 0) {
    const list = gpu ? 'gpuInstanceTypes' : 'cpuInstanceTypes';
    return `${type} has ${facts.gpus} GPUs and stands in ${list}; move it to the other list.`;
  }
  const tooLarge = demands.find(
    (job) =>
      job.gpus > 0 === gpu && (job.memoryMiB > facts.memoryMiB - RESERVED_MIB || job.vcpus > facts.vcpus),
  );
  return (
    tooLarge &&
    `${type} has ${facts.vcpus} vCPUs and ${facts.memoryMiB} MiB, of which ${RESERVED_MIB} stay with the system; ` +
      `phase ${tooLarge.phase} needs ${tooLarge.vcpus} and ${tooLarge.memoryMiB}. Choose a larger type.`
  );
}

/** One sentence per type that does not fit; empty when every type can run every job of its kind. */
export function unfitInstances({ gpuInstanceTypes, cpuInstanceTypes }: Types): readonly string[] {
  return [
    ...gpuInstanceTypes.map((type) => problemOf(type, true)),
    ...cpuInstanceTypes.map((type) => problemOf(type, false)),
  ].filter((problem) => problem !== undefined);
}
