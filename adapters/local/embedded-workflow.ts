/** The Workflow port over the embedded engine. */
import type { ExecutionFacts, Workflow } from '#core/ports/workflow.ts';
import { type Engine, EngineError, type ExecutionDescription } from '#local/asl/api.ts';
import type { Json } from '#local/asl/json.ts';

function factsOf({ name, status, error, cause }: ExecutionDescription): ExecutionFacts {
  return { name, status, error: error ?? null, cause: cause ?? null };
}

async function unlessUnknown<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof EngineError && error.code === 'ExecutionDoesNotExist') return null;
    throw error;
  }
}

/** @param engine called late, because the engine's tasks need ports and the ports need this. */
export function embeddedWorkflow(engine: () => Engine, pipelineArn: string): Workflow {
  return {
    async startPipeline(name, input) {
      await engine().start({ name, machineArn: pipelineArn, input: input as Json });
    },
    async stop(name, error, cause) {
      await unlessUnknown(engine().stop(name, error, cause));
    },
    async describe(name) {
      const description = await unlessUnknown(engine().describe(name));
      return description && factsOf(description);
    },
  };
}
