/** The real machines when a run is paused and goes on: two executions of one run, and no stage in both. */
import { TaskError } from '#local/asl/tasks.ts';
import { PIPELINE_MACHINE } from '#local/machines.ts';
import { EXECUTION, openPipeline, RUN, runPipeline, stage, worldWith } from './run-pipeline.ts';

describe('a pause in the machines', () => {
  it('ends one execution; the next one runs the stages that are left, under names of its own', async () => {
    const done = new Set<string>();
    let working: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      working = resolve;
    });
    const all = ['base', 'variants', 'evaluate'];
    const pipeline = openPipeline(
      worldWith({
        functions: {
          'start-phase': () => ({
            attempt: 1,
            turn: 'last',
            stages: all.filter((name) => !done.has(name)).map((name) => stage(name)),
          }),
        },
        job: ({ JobName, Tags }, call) => {
          const name = Tags['forge-stage'] ?? '';
          if (name === 'variants' && call.executionName.startsWith(EXECUTION)) {
            working();
            return new Promise((_resolve, reject) => {
              call.signal.addEventListener('abort', () => reject(new Error('exit 75')));
            });
          }
          done.add(name);
          return { JobId: JobName, Status: 'SUCCEEDED' };
        },
      }),
    );
    await pipeline.start();
    await begun;
    await pipeline.engine.stop(EXECUTION, 'paused', 'Paused by admin');
    const first = await pipeline.engine.waitFor(EXECUTION);
    expect(first).toMatchObject({ status: 'ABORTED', error: 'paused' });
    const before = pipeline.calls.length;
    expect(pipeline.calls.slice(0, before)).toEqual(['prepare-run', 'start-phase', 'base', 'variants']);

    const next = `${RUN}-2`;
    const input = { tenant: 'default', runId: RUN, execution: next };
    await pipeline.engine.start({ name: next, machineArn: PIPELINE_MACHINE, input });
    expect((await pipeline.engine.waitFor(next)).status).toBe('SUCCEEDED');
    expect(pipeline.calls.slice(before)).toEqual([
      'prepare-run',
      'start-phase',
      'variants',
      'evaluate',
      'complete-phase',
      'finish-run',
    ]);
    expect((await pipeline.engine.describe(`${next}-cognate`)).status).toBe('SUCCEEDED');
    expect((await pipeline.engine.describe(EXECUTION)).status).toBe('ABORTED');
  });

  it('that comes before a phase begins submits no job and is settled by finish-run', async () => {
    const paused = { errorType: 'cancelled', errorMessage: `Run ${RUN} is pausing: no phase is started.` };
    const { calls, jobs, description } = await runPipeline(
      worldWith({
        functions: {
          'start-phase': () => {
            throw new TaskError('cancelled', JSON.stringify(paused));
          },
        },
      }),
    );
    expect(jobs).toEqual([]);
    expect(calls).toEqual(['prepare-run', 'start-phase', 'fail-phase', 'finish-run']);
    expect(description.status).toBe('FAILED');
  });

  it('in which everything was done already only finishes the run', async () => {
    const { calls } = await runPipeline(
      worldWith({ functions: { 'start-phase': () => ({ attempt: 1, turn: 'last', stages: [] }) } }),
    );
    expect(calls).toEqual(['prepare-run', 'start-phase', 'complete-phase', 'finish-run']);
  });
});
