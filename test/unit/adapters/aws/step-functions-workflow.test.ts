/** The Workflow port over Step Functions: what goes over the wire, and what comes of its answers. */
import { sfnClient, stepFunctionsWorkflow } from '#adapters/aws/step-functions-workflow.ts';
import { stateMachineService } from '#test/support/aws/state-machine-service.ts';
import { serviceError, stubService } from '#test/support/aws/stub-service.ts';
import { workflowSuite } from '../../../contract/workflow-suite.ts';

const MACHINE = 'arn:aws:states:eu-west-1:111122223333:stateMachine:forge-pipeline';
const EXECUTION = 'arn:aws:states:eu-west-1:111122223333:execution:forge-pipeline:R-1';
const INPUT = { tenant: 'acme', runId: 'R', execution: 'R-1' };

workflowSuite('Step Functions', async () => {
  const { config, executions } = stateMachineService();
  return {
    workflow: stepFunctionsWorkflow(sfnClient(config), MACHINE),
    started: () => executions.size,
    close: async () => undefined,
  };
});

describe('over the wire', () => {
  test('a start names the machine, the execution and its input, signed for the service', async () => {
    const { config, sent } = stateMachineService();
    await stepFunctionsWorkflow(sfnClient(config), MACHINE).startPipeline('R-1', INPUT);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ method: 'POST', url: 'https://states.eu-west-1.amazonaws.com/' });
    expect(sent[0]?.headers['x-amz-target']).toBe('AWSStepFunctions.StartExecution');
    expect(sent[0]?.headers.authorization).toMatch(/Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/states\//);
    const body = { stateMachineArn: MACHINE, name: 'R-1', input: JSON.stringify(INPUT) };
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual(body);
  });

  test('a stop carries the words, to the execution that the machine and the name make', async () => {
    const { config, sent } = stateMachineService();
    const workflow = stepFunctionsWorkflow(sfnClient(config), MACHINE);
    await workflow.startPipeline('R-1', INPUT);
    await workflow.stop('R-1', 'cancelled', 'by admin');
    const stop = sent.find(({ headers }) => headers['x-amz-target'] === 'AWSStepFunctions.StopExecution');
    expect(JSON.parse(stop?.body ?? '')).toEqual({
      executionArn: EXECUTION,
      error: 'cancelled',
      cause: 'by admin',
    });
  });

  test('one that has ended may be started again with its own input, and starts nothing', async () => {
    const { config, executions } = stateMachineService();
    const workflow = stepFunctionsWorkflow(sfnClient(config), MACHINE);
    await workflow.startPipeline('R-1', INPUT);
    await workflow.stop('R-1', 'cancelled', 'by admin');
    await workflow.startPipeline('R-1', INPUT);
    expect(executions.get(EXECUTION)?.status).toBe('ABORTED');
    await expect(workflow.startPipeline('R-1', { ...INPUT, tenant: 'x' })).rejects.toMatchObject({
      kind: 'conflict',
      code: 'execution_exists',
    });
  });

  test('a redrive that waits counts as running', async () => {
    const { config } = stubService(() => ({ body: { status: 'PENDING_REDRIVE' } }));
    expect(await stepFunctionsWorkflow(sfnClient(config), MACHINE).describe('R-1')).toMatchObject({
      status: 'RUNNING',
    });
  });
});

describe('when the service does not', () => {
  test('throttling is tried again until it passes', async () => {
    const { config, sent } = stubService((_, before) =>
      before < 2 ? serviceError('ThrottlingException', 'Rate exceeded') : { body: {} },
    );
    await stepFunctionsWorkflow(sfnClient(config), MACHINE).startPipeline('R-1', INPUT);
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map(({ body }) => body)).size).toBe(1);
  });

  test.each([
    ['throttling that does not pass', 'ThrottlingException', 400, 'throttled'],
    ['a role without the right', 'AccessDeniedException', 400, 'access_denied'],
    ['credentials that are over', 'ExpiredTokenException', 400, 'credentials'],
    ['a fault of the service', 'InternalFailure', 500, 'service_unavailable'],
  ])('%s is named as what it is', async (_, name, status, code) => {
    const { config } = stubService(() => serviceError(name, 'no', status));
    const workflow = stepFunctionsWorkflow(sfnClient({ ...config, maxAttempts: 2 }), MACHINE);
    await expect(workflow.startPipeline('R-1', INPUT)).rejects.toMatchObject({ kind: 'dependency', code });
  });

  test('a connection that is refused is a dependency that does not answer', async () => {
    const { config } = stubService(() => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    });
    const workflow = stepFunctionsWorkflow(sfnClient({ ...config, maxAttempts: 1 }), MACHINE);
    await expect(workflow.describe('R-1')).rejects.toMatchObject({ code: 'service_unavailable' });
  });

  test('a machine that does not exist stays the error that it is', async () => {
    const { config } = stubService(() => serviceError('StateMachineDoesNotExist'));
    await expect(
      stepFunctionsWorkflow(sfnClient(config), MACHINE).startPipeline('R-1', INPUT),
    ).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
  });
});
