import type { Steps } from '../branch.ts';
import type { TaskState } from '../definition.ts';
import { FatalFailure, StateFailure } from '../failure.ts';
import type { Outcome } from '../journal.ts';
import { isObject, type Json } from '../json.ts';
import { MAX_SECONDS } from '../limits.ts';
import { parseResource, type TaskResource } from '../resource.ts';
import type { Exit, Visit } from '../visit.ts';

/** Has work done outside and goes on with its result. */
export async function* runTask(visit: Visit, state: TaskState): Steps<Exit> {
  const resource = parseResource(state.resource);
  if (!resource)
    throw new FatalFailure('States.Runtime', `The resource '${state.resource}' cannot be called.`);
  const result = yield* callTask(visit, state, resource);
  return visit.leave(state, state.next, result, { result });
}

async function* callTask(visit: Visit, state: TaskState, resource: TaskResource): Steps<Json> {
  const { branch, token } = visit;
  const extra = resource.pattern === 'requestResponse' ? {} : { taskToken: token };
  const args = state.arguments ? await visit.evaluate(state.arguments, 'Arguments', extra) : visit.input;
  visit.checkSize(args, state.name);
  const credentials = state.credentials ? await visit.evaluate(state.credentials, 'Credentials') : undefined;
  const timeout = await visit.wholeNumber(state.timeoutSeconds, 'TimeoutSeconds', [1, MAX_SECONDS]);
  const heartbeat = await visit.wholeNumber(state.heartbeatSeconds, 'HeartbeatSeconds', [1, MAX_SECONDS]);
  const labels =
    resource.events === 'Task' ? { resource: resource.action, resourceType: resource.service } : {};
  branch.record(`${resource.events}Scheduled`, {
    ...labels,
    ...(resource.events === 'Task' ? { parameters: args } : { input: args, resource: resource.service }),
    timeoutInSeconds: timeout,
    heartbeatInSeconds: heartbeat,
    taskCredentials: isObject(credentials) ? { roleArn: credentials.RoleArn ?? null } : undefined,
  });
  branch.record(`${resource.events}Started`, labels);
  const outcome = (yield {
    kind: 'task',
    request: {
      key: visit.attemptKey,
      token,
      resource: state.resource,
      arguments: args,
      pattern: resource.pattern,
      stateName: state.name,
      attempt: visit.retryCount,
      source: resource.service,
      onSubmitted: (output) => branch.record('TaskSubmitted', { ...labels, output }),
      ...(credentials === undefined ? {} : { credentials }),
      ...(timeout === undefined ? {} : { deadline: branch.execution.history.now + timeout * 1000 }),
      ...(heartbeat === undefined ? {} : { heartbeatMs: heartbeat * 1000 }),
    },
  }) as Outcome;
  if ('output' in outcome) {
    branch.record(`${resource.events}Succeeded`, { ...labels, output: outcome.output });
    return outcome.output;
  }
  const { error, cause, timedOut } = outcome;
  branch.record(`${resource.events}${timedOut ? 'TimedOut' : 'Failed'}`, { ...labels, error, cause });
  throw new StateFailure(error, cause, { heartbeat: timedOut === 'HeartbeatSeconds' });
}
