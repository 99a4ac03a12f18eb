/** What every workflow promises: an execution starts once by its name, and stopping what has ended is no error. */
import type { Workflow } from '#core/ports/workflow.ts';
import { type Closable, type Group, suite } from './suite.ts';

export interface WorkflowWorld extends Closable {
  readonly workflow: Workflow;
  /** How many executions were really started. */
  started(): number;
}

const INPUT = { tenant: 'acme', runId: 'R', execution: 'R-1' };

const tests: Group<WorkflowWorld> = (world) => {
  it('knows nothing of an execution that was never started', async () => {
    expect(await world().workflow.describe('R-1')).toBeNull();
    await world().workflow.stop('R-1', 'cancelled', 'by admin');
    expect(await world().workflow.describe('R-1')).toBeNull();
  });

  it('starts an execution once, however often and however many ask', async () => {
    const { workflow, started } = world();
    await Promise.all(Array.from({ length: 20 }, () => workflow.startPipeline('R-1', INPUT)));
    await workflow.startPipeline('R-1', { ...INPUT });
    expect(started()).toBe(1);
    expect(await workflow.describe('R-1')).toEqual({
      name: 'R-1',
      status: 'RUNNING',
      error: null,
      cause: null,
    });
  });

  it('refuses another input under the name of an execution', async () => {
    await world().workflow.startPipeline('R-1', INPUT);
    await expect(world().workflow.startPipeline('R-1', { ...INPUT, runId: 'X' })).rejects.toThrow('R-1');
    expect(world().started()).toBe(1);
  });

  it('stops an execution with the words that were given, once', async () => {
    const { workflow } = world();
    await workflow.startPipeline('R-1', INPUT);
    await workflow.stop('R-1', 'cancelled', 'by admin');
    await workflow.stop('R-1', 'other', 'words');
    const stopped = { name: 'R-1', status: 'ABORTED', error: 'cancelled', cause: 'by admin' };
    expect(await workflow.describe('R-1')).toEqual(stopped);
    await workflow.startPipeline('R-1', INPUT);
    expect(await workflow.describe('R-1')).toEqual(stopped);
  });
};

export function workflowSuite(name: string, make: () => Promise<WorkflowWorld>): void {
  suite(`the ${name} workflow`, make, [tests]);
}
