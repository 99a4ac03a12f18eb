/** Step Functions as far as executions are started, stopped and described: the answers that its reference documents. */
import {
  type SentRequest,
  type StubAnswer,
  type StubService,
  serviceError,
  stubService,
} from './stub-service.ts';

export interface Execution {
  readonly input: string;
  status: string;
  error?: string;
  cause?: string;
}

export interface StateMachineService extends StubService {
  readonly executions: ReadonlyMap<string, Execution>;
}

/** The answer to one request, which may start or stop an execution. */
export function answerExecutions(
  executions: Map<string, Execution>,
  { headers, body }: Pick<SentRequest, 'headers' | 'body'>,
): StubAnswer {
  const actions: Readonly<Record<string, (input: Record<string, string>) => StubAnswer>> = {
    StartExecution({ stateMachineArn = '', name = '', input = '' }) {
      const arn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
      const before = executions.get(arn);
      // The same input again is taken for the same start while the execution runs, and refused once it has ended.
      if (before && (before.input !== input || before.status !== 'RUNNING'))
        return serviceError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
      if (!before) executions.set(arn, { input, status: 'RUNNING' });
      return { body: { executionArn: arn, startDate: 1_700_000_000 } };
    },
    StopExecution({ executionArn = '', error = '', cause = '' }) {
      const found = executions.get(executionArn);
      if (!found) return serviceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
      Object.assign(found, { status: 'ABORTED', error, cause });
      return { body: { stopDate: 1_700_000_100 } };
    },
    DescribeExecution({ executionArn = '' }) {
      const found = executions.get(executionArn);
      if (!found) return serviceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
      return {
        body: { executionArn, name: executionArn.split(':').at(-1), startDate: 1_700_000_000, ...found },
      };
    },
  };
  const action = headers['x-amz-target']?.split('.')[1] ?? '';
  return actions[action]?.(JSON.parse(body)) ?? serviceError('UnknownOperationException', action);
}

export function stateMachineService(): StateMachineService {
  const executions = new Map<string, Execution>();
  return { ...stubService((request) => answerExecutions(executions, request)), executions };
}
