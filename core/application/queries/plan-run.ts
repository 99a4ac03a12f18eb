/** What a run would do, before anything is submitted: phases, stages, jobs, contracts. */
import jobs from '#contracts/jobs.json' with { type: 'json' };
import type { BurstPlan } from '#contracts/source/burst-plan.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { RunDocument } from '#contracts/source/run-document.ts';
import type { Gate } from '../../domain/gate.ts';
import { handOverName, handOverRules } from '../../domain/hand-over.ts';
import { phaseDefinition } from '../../domain/phase.ts';
import type { Principal } from '../../domain/principal.ts';
import { jobCount, planStages, type StagePlan } from '../../domain/stage-plan.ts';
import { threadsOf } from '../../domain/threads.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { planBurstOfRun } from './plan-burst-of-run.ts';
import { resolveDocument } from './resolve-document.ts';

export interface PhasePlan {
  readonly phase: PhaseSlug;
  readonly title: string;
  readonly available: boolean;
  readonly handOver: string;
  readonly rules: readonly string[];
  readonly gates: readonly Gate[];
  readonly stages: readonly StagePlan[];
  /** With one round of each group that repeats; how many rounds there will be, the phase decides. */
  readonly jobs: number;
  readonly resources: {
    readonly vcpus: number;
    readonly memoryMiB: number;
    readonly gpus: number;
    readonly threads: number;
  };
  readonly timeoutSeconds: number;
  readonly config: Readonly<Record<string, unknown>>;
}

export interface RunPlan {
  readonly name: string;
  readonly seed: number;
  readonly corpus: {
    readonly id: string;
    readonly name: string;
    readonly bytes: number;
    readonly documents: number;
  } | null;
  readonly phases: readonly PhasePlan[];
  /** Contract rules that wait for measured properties. */
  readonly deferred: readonly string[];
  /** Where it should be computed, how long that takes and what it costs. */
  readonly burst: BurstPlan;
}

export async function planRun(
  ports: Pick<ReadPorts, 'corpora' | 'models' | 'presets' | 'blobs' | 'runs' | 'metrics' | 'costs' | 'clock'>,
  principal: Principal,
  document: RunDocument,
): Promise<RunPlan> {
  const { resolved, corpus, deferred } = await resolveDocument(ports, principal, document);
  const phases = resolved.phases.map((slug, position): PhasePlan => {
    const { title, available } = phaseDefinition(slug);
    const stages = planStages(slug, resolved.config[slug]);
    const before = resolved.phases[position - 1] ?? null;
    const { timeoutSeconds, vcpus, memoryMiB, gpus } = jobs.phases[slug];
    return {
      phase: slug,
      title,
      available,
      handOver: handOverName(before, slug),
      rules: handOverRules(before, slug).map((rule) => rule.name),
      gates: resolved.gates[slug] ?? [],
      stages,
      jobs: jobCount(stages),
      resources: { vcpus, memoryMiB, gpus, threads: threadsOf(resolved, slug) },
      timeoutSeconds,
      config: resolved.config[slug] ?? {},
    };
  });
  return {
    name: resolved.name,
    seed: resolved.seed,
    corpus: corpus && { id: corpus.id, name: corpus.name, bytes: corpus.bytes, documents: corpus.documents },
    phases,
    deferred,
    burst: await planBurstOfRun(ports, principal, {
      resolved,
      compute: document.compute,
      budget: document.budget,
    }),
  };
}
