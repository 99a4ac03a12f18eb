/** Executions that stay where a test puts them: started once by name, stopped by name. */
import { ForgeError } from '#core/domain/errors.ts';
import type { ExecutionFacts, ExecutionStatus, Workflow } from '#core/ports/workflow.ts';
import { yieldTurn } from './store.ts';

export interface MemoryWorkflow extends Workflow {
  /** Input of every execution that was really started, by name. */
  readonly started: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Names of the executions that were asked to stop while they ran. */
  readonly stopped: readonly string[];
  end(name: string, status: Exclude<ExecutionStatus, 'RUNNING'>): void;
}

export function memoryWorkflow(): MemoryWorkflow {
  const started = new Map<string, Readonly<Record<string, unknown>>>();
  const facts = new Map<string, ExecutionFacts>();
  const stopped: string[] = [];
  return {
    started,
    stopped,
    async startPipeline(name, input) {
      await yieldTurn();
      const before = started.get(name);
      if (before && JSON.stringify(before) !== JSON.stringify(input)) {
        throw new ForgeError('conflict', `Execution ${name} was started with another input.`);
      }
      if (before) return;
      started.set(name, structuredClone(input));
      facts.set(name, { name, status: 'RUNNING', error: null, cause: null });
    },
    async stop(name, error, cause) {
      await yieldTurn();
      if (facts.get(name)?.status !== 'RUNNING') return;
      stopped.push(name);
      facts.set(name, { name, status: 'ABORTED', error, cause });
    },
    async describe(name) {
      return facts.get(name) ?? null;
    },
    end(name, status) {
      facts.set(name, { name, status, error: null, cause: null });
    },
  };
}
