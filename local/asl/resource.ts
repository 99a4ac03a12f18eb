import type { IntegrationPattern } from './tasks.ts';

/** What a `Resource` ARN says. */
export interface TaskResource {
  /** Family of event names: `LambdaFunction...` for a function's own ARN, `Task...` for integrations. */
  events: 'LambdaFunction' | 'Task';
  /** `lambda`, `batch`, `aws-sdk:sfn`; for a function its ARN. */
  service: string;
  /** `submitJob.sync`; empty for a function. */
  action: string;
  pattern: IntegrationPattern;
}

const INTEGRATION = /^arn:[^:]*:states:[^:]*:[^:]*:(.+):([A-Za-z]+)((?:\.sync(?::2)?|\.waitForTaskToken)?)$/;
const FUNCTION = /^arn:[^:]*:lambda:[^:]*:[^:]*:function:.+$/;

/** Reads a `Resource`; undefined when it is neither a function nor a service integration. */
export function parseResource(resource: string): TaskResource | undefined {
  if (FUNCTION.test(resource)) {
    return { events: 'LambdaFunction', service: resource, action: '', pattern: 'requestResponse' };
  }
  const match = INTEGRATION.exec(resource);
  if (!match) return undefined;
  const [, service = '', action = '', suffix = ''] = match;
  if (service === 'activity') return undefined;
  const pattern = suffix.startsWith('.sync')
    ? 'sync'
    : suffix === ''
      ? 'requestResponse'
      : 'waitForTaskToken';
  return { events: 'Task', service, action: `${action}${suffix}`, pattern };
}
