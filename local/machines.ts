/** The state machines as the embedded engine runs them: the very files that AWS runs, with local names filled in. */
import jobs from '#contracts/jobs.json' with { type: 'json' };
import phase from '../statemachines/phase.asl.json' with { type: 'json' };
import pipeline from '../statemachines/pipeline.asl.json' with { type: 'json' };
import type { JsonObject } from './asl/json.ts';

export const PIPELINE_MACHINE = 'arn:aws:states:local:000000000000:stateMachine:pipeline';
export const PHASE_MACHINE = 'arn:aws:states:local:000000000000:stateMachine:phase';

/** Phases that need no GPU, as the phase machine reads them: separated by spaces. */
const cpuPhases = Object.entries(jobs.phases).filter(([, { gpus }]) => gpus === 0);

/** What CDK substitutes with ARNs is here the plain name of the thing. */
export const SUBSTITUTIONS: Readonly<Record<string, string>> = {
  PrepareRunFunction: 'prepare-run',
  StartPhaseFunction: 'start-phase',
  CompletePhaseFunction: 'complete-phase',
  FailPhaseFunction: 'fail-phase',
  FinishRunFunction: 'finish-run',
  PhaseStateMachine: PHASE_MACHINE,
  // One queue here: slots keep GPUs for whom they are.
  GpuJobQueue: jobs.queue,
  CpuJobQueue: jobs.queue,
  CpuPhases: cpuPhases.map(([slug]) => slug).join(' '),
  JobDefinitionPrefix: 'forge-',
};

/** Replaces each `${Name}`; a name without a value is an error, as it is for CloudFormation. */
export function substitute(definition: unknown, values: Readonly<Record<string, string>>): JsonObject {
  const text = JSON.stringify(definition).replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined)
      throw new Error(`The state machine needs a value for \${${name}}; there is none.`);
    // Into the middle of a JSON text: quotes and backslashes have to stay what they are.
    return JSON.stringify(value).slice(1, -1);
  });
  return JSON.parse(text) as JsonObject;
}

export function localMachines(): Record<string, JsonObject> {
  return {
    [PIPELINE_MACHINE]: substitute(pipeline, SUBSTITUTIONS),
    [PHASE_MACHINE]: substitute(phase, SUBSTITUTIONS),
  };
}
