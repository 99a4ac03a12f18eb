/** The state machines' files: valid, complete, and the same for AWS and for this machine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import validate from 'asl-validator';
import jsonata from 'jsonata';
import contract from '#contracts/functions.json' with { type: 'json' };
import jobs from '#contracts/jobs.json' with { type: 'json' };
import {
  localMachines,
  PHASE_MACHINE,
  PIPELINE_MACHINE,
  SUBSTITUTIONS,
  substitute,
} from '#local/machines.ts';
import { PROJECT } from '#test/support/fixture-tree.ts';

const placeholder = (name: string) => ['$', '{', name, '}'].join('');
const FILES = ['pipeline', 'phase'];
const textOf = (name: string) => readFileSync(join(PROJECT, 'statemachines', `${name}.asl.json`), 'utf8');

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
}
const tasksOf = (name: string) =>
  Object.entries(JSON.parse(textOf(name)).States as Record<string, State>).filter(
    ([, state]) => state.Type === 'Task',
  );

describe('each state machine', () => {
  it.each(FILES)('%s is valid Amazon States Language, before and after substitution', (name) => {
    for (const definition of [
      JSON.parse(textOf(name)),
      substitute(JSON.parse(textOf(name)), SUBSTITUTIONS),
    ]) {
      const { isValid, errors } = validate(definition, { checkArn: false, checkPaths: false });
      expect([isValid, errors]).toEqual([true, []]);
    }
  });

  it.each(FILES)('%s holds no address and no name of one account', (name) => {
    expect(textOf(name)).not.toMatch(/\d{12}|arn:aws:(lambda|batch):|eu-|us-/);
  });

  it.each(FILES)('%s retries every function that was throttled', (name) => {
    const invokes = tasksOf(name).filter(([, state]) => state.Resource?.endsWith('lambda:invoke'));
    expect(invokes.length).toBeGreaterThan(1);
    for (const [state, { Retry = [] }] of invokes) {
      const retried = Retry.flatMap((rule) => rule.ErrorEquals);
      const all = retried.includes('States.ALL') || retried.includes('Lambda.TooManyRequestsException');
      expect([state, all]).toEqual([state, true]);
    }
  });

  it.each(FILES)('%s leads every failure but that of its last steps to somebody who records it', (name) => {
    for (const [state, { Catch = [] }] of tasksOf(name)) {
      const last = ['FailPhase', 'Finish', 'FinishFailed'].includes(state);
      const next = Catch.filter((rule) => rule.ErrorEquals.includes('States.ALL')).map((rule) => rule.Next);
      expect([state, next]).toEqual([state, last ? [] : [name === 'phase' ? 'FailPhase' : 'FinishFailed']]);
    }
  });
});

describe('a submitted job', () => {
  const names = {
    ...SUBSTITUTIONS,
    GpuJobQueue: 'gpu',
    CpuJobQueue: 'cpu',
    CpuPhases: 'deployment compression',
  };
  const phase = substitute(JSON.parse(textOf('phase')), names) as {
    States: { RunStage: { Arguments: string } };
  };
  const expression = phase.States.RunStage.Arguments.replace(/^\{%|%\}$/g, '');
  const submitted = (slug: string, tenant = 'default') =>
    jsonata(expression).evaluate(
      {},
      {
        phase: slug,
        tenant,
        runId: 'R',
        attempt: 1,
        position: 0,
        stages: [{ jobName: 'j', size: 1, task: 't' }],
      },
    );

  it.each([
    ['cognate', 'gpu'],
    ['training', 'gpu'],
    ['deployment', 'cpu'],
    ['compression', 'cpu'],
  ])('of %s waits in the queue for %s instances', async (slug, queue) => {
    expect(await submitted(slug)).toMatchObject({ JobQueue: queue, JobDefinition: `forge-${slug}` });
  });

  it('takes the share of its tenant, in the letters and digits that Batch allows', async () => {
    expect(await submitted('cognate', 'team-a.b_c9')).toMatchObject({ ShareIdentifier: 'teamabc9' });
  });
});

describe('substitutions', () => {
  it('are exactly the names that the files use', () => {
    const used = FILES.flatMap((name) =>
      [...textOf(name).matchAll(/\$\{(\w+)\}/g)].map(([, given]) => given),
    );
    expect([...new Set(used)].sort()).toEqual(Object.keys(SUBSTITUTIONS).sort());
  });

  it('give local names that exist: functions, queue, job definitions and the phase machine', () => {
    const names = Object.entries(SUBSTITUTIONS).filter(([name]) => name.endsWith('Function'));
    for (const [, value] of names) expect(Object.keys(contract.functions)).toContain(value);
    expect([SUBSTITUTIONS.GpuJobQueue, SUBSTITUTIONS.CpuJobQueue]).toEqual([jobs.queue, jobs.queue]);
    for (const slug of SUBSTITUTIONS.CpuPhases?.split(' ') ?? []) expect(jobs.phases).toHaveProperty(slug);
    expect(SUBSTITUTIONS.PhaseStateMachine).toBe(PHASE_MACHINE);
    expect(Object.keys(localMachines())).toEqual([PIPELINE_MACHINE, PHASE_MACHINE]);
  });

  it('leave nothing unfilled, and name what is missing', () => {
    expect(JSON.stringify(localMachines())).not.toContain(placeholder('').slice(0, 2));
    const { GpuJobQueue: _queue, ...rest } = SUBSTITUTIONS;
    expect(() => substitute(JSON.parse(textOf('phase')), rest)).toThrow(placeholder('GpuJobQueue'));
    expect(substitute({ a: `${placeholder('x')}-${placeholder('x')}` }, { x: '1' })).toEqual({ a: '1-1' });
  });

  it('keep values that hold quotes and backslashes what they are', () => {
    expect(substitute({ a: placeholder('x') }, { x: 'say "\\n"' })).toEqual({ a: 'say "\\n"' });
  });
});
