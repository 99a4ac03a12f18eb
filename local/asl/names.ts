import type { EngineOptions, ExecutionDescription } from './api.ts';
import type { FinishedEntry, StartedEntry } from './journal.ts';
import type { JsonObject } from './json.ts';
import { namedUuid } from './random.ts';

/** ARNs, descriptions and the context object: how executions are called and shown. */
export class Names {
  private readonly prefix: string;
  private readonly roleArn: string;

  constructor(location: EngineOptions['location'], roleArn: string | undefined) {
    const { region, account } = location ?? { region: 'local', account: '000000000000' };
    this.prefix = `arn:aws:states:${region}:${account}`;
    this.roleArn = roleArn ?? `arn:aws:iam::${account}:role/embedded`;
  }

  executionArn(machineArn: string, name: string): string {
    return `${this.prefix}:execution:${lastPart(machineArn)}:${name}`;
  }

  mapRunArn(machineArn: string, label: string, key: string): string {
    return `${this.prefix}:mapRun:${lastPart(machineArn)}/${label}:${namedUuid(key)}`;
  }

  /** Parts of the context object that stay the same for the whole execution. */
  context(name: string, { machineArn, input, at }: StartedEntry & { at: number }): JsonObject {
    return {
      Execution: {
        Id: this.executionArn(machineArn, name),
        Input: input,
        Name: name,
        RoleArn: this.roleArn,
        StartTime: new Date(at).toISOString(),
        RedriveCount: 0,
      },
      StateMachine: { Id: machineArn, Name: lastPart(machineArn) },
    };
  }

  describe(
    name: string,
    started: StartedEntry & { at: number },
    finished: (FinishedEntry & { at: number }) | undefined,
  ): ExecutionDescription {
    const description: ExecutionDescription = {
      name,
      executionArn: this.executionArn(started.machineArn, name),
      machineArn: started.machineArn,
      status: finished?.status ?? 'RUNNING',
      input: started.input,
      startDate: new Date(started.at).toISOString(),
    };
    if (!finished) return description;
    const { output, error, cause, at } = finished;
    description.stopDate = new Date(at).toISOString();
    if (output !== undefined) description.output = output;
    if (error !== undefined) description.error = error;
    if (cause !== undefined) description.cause = cause;
    return description;
  }
}

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}
