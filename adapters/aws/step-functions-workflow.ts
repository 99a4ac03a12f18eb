/**
 * The Workflow port over AWS Step Functions.
 *
 * Stopping the pipeline is enough in the ordinary case: a `.sync` task whose execution is stopped has its child execution
 * stopped and its Batch job terminated, but by a best effort only. Whoever settles the run afterwards therefore looks for
 * jobs that are still at work. Redrive is not used: it goes on under the same name, and here each resume is an execution
 * of its own (`<run>-<n>`), so that what the one before still does late is told apart by its name.
 */
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ForgeError } from '#core/domain/errors.ts';
import type { ExecutionFacts, ExecutionStatus, Workflow } from '#core/ports/workflow.ts';
import { type ClientConfig, clientConfig } from './client-config.ts';
import { asking, nameOf } from './service-failure.ts';

const SERVICE = 'Step Functions';

export const sfnClient = (config?: ClientConfig): SFNClient => new SFNClient(clientConfig(config));

/** `arn:aws:states:R:A:stateMachine:NAME` → `arn:aws:states:R:A:execution:NAME:<execution>`. */
function executionArn(machineArn: string, name: string): string {
  return `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** A redrive that waits to go on is one that runs. */
function statusOf({ status }: DescribeExecutionOutput): ExecutionStatus {
  return status === undefined || status === 'PENDING_REDRIVE' ? 'RUNNING' : status;
}

export function stepFunctionsWorkflow(client: SFNClient, pipelineArn: string): Workflow {
  const find = (name: string): Promise<DescribeExecutionOutput | null> =>
    asking(SERVICE, async () => {
      try {
        const executionArnOf = executionArn(pipelineArn, name);
        return await client.send(new DescribeExecutionCommand({ executionArn: executionArnOf }));
      } catch (error) {
        if (nameOf(error) === 'ExecutionDoesNotExist') return null;
        throw error;
      }
    });
  const describe = async (name: string): Promise<ExecutionFacts | null> => {
    const found = await find(name);
    return found && { name, status: statusOf(found), error: found.error ?? null, cause: found.cause ?? null };
  };
  return {
    describe,
    startPipeline: (name, input) =>
      asking(SERVICE, async () => {
        const text = JSON.stringify(input);
        try {
          await client.send(new StartExecutionCommand({ stateMachineArn: pipelineArn, name, input: text }));
        } catch (error) {
          // One that has ended refuses its own input as well, so the input is compared here.
          if (nameOf(error) !== 'ExecutionAlreadyExists') throw error;
          requireSameInput(name, text, (await find(name))?.input);
        }
      }),
    stop: (name, error, cause) =>
      asking(SERVICE, async () => {
        const before = await describe(name);
        if (before?.status !== 'RUNNING') return;
        try {
          const stopped = { executionArn: executionArn(pipelineArn, name), error, cause };
          await client.send(new StopExecutionCommand(stopped));
        } catch (failure) {
          // It may have ended since we looked.
          if ((await describe(name))?.status === 'RUNNING') throw failure;
        }
      }),
  };
}

function requireSameInput(name: string, wanted: string, found: string | undefined): void {
  if (found === wanted) return;
  throw new ForgeError('conflict', `Execution ${name} was started with another input.`, {
    code: 'execution_exists',
    hint: 'Executions are named after their run; look at it: forge runs get.',
  });
}
