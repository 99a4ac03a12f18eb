import type { Engine } from '#local/asl/api.ts';
import { isObject, type Json, type JsonObject } from '#local/asl/json.ts';
import { type TaskCall, TaskError, type TaskHandlers } from '#local/asl/tasks.ts';

/** What a called service answered while AWS was recorded. */
export interface RecordedTask {
  state: string;
  iteration?: string;
  attempt?: number;
  outcome: 'succeeded' | 'failed' | 'timedOut';
  output?: Json;
  error?: string;
  cause?: string;
  submitted?: Json;
}

/** An object that an ItemReader reads. */
export interface RecordedObject {
  bucket: string;
  key: string;
  body: string;
}

/** Answers every call as it was answered when the case was recorded. */
export class StubTasks implements TaskHandlers {
  /** Set after the engine exists: callbacks go through it. */
  engine: Engine | undefined;
  private readonly left: RecordedTask[];
  private readonly objects: RecordedObject[];

  constructor(tasks: RecordedTask[], objects: RecordedObject[]) {
    this.left = [...tasks];
    this.objects = objects;
  }

  async run(call: TaskCall): Promise<Json> {
    if (call.key.endsWith('/items')) return this.readObject(call.arguments);
    const recorded = this.take(call);
    if (!recorded)
      throw new TaskError('Conformance.NoRecordedAnswer', `${call.stateName} attempt ${call.attempt}`);
    const submitted = recorded.submitted ?? null;
    if (call.pattern === 'waitForTaskToken') {
      setImmediate(() => void this.callBack(call.token, recorded));
      return submitted;
    }
    if (call.pattern === 'sync' && recorded.submitted !== undefined) await call.submitted(submitted);
    if (recorded.outcome === 'timedOut') return new Promise(() => undefined);
    if (recorded.outcome === 'failed') throw failureOf(recorded);
    return recorded.output ?? null;
  }

  private take(call: TaskCall): RecordedTask | undefined {
    const index = this.left.findIndex(
      (task) =>
        task.state === call.stateName &&
        (task.attempt ?? 0) === call.attempt &&
        normalIteration(task.iteration ?? '') === call.iteration,
    );
    return index < 0 ? undefined : this.left.splice(index, 1)[0];
  }

  private async callBack(token: string, recorded: RecordedTask): Promise<void> {
    if (recorded.outcome === 'succeeded') await this.engine?.sendTaskSuccess(token, recorded.output ?? null);
    if (recorded.outcome === 'failed')
      await this.engine?.sendTaskFailure(token, recorded.error, recorded.cause);
  }

  private readObject(args: Json): Json {
    const { Bucket, Key } = isObject(args) ? args : ({} as JsonObject);
    const found = this.objects.find((object) => object.bucket === Bucket && object.key === Key);
    if (found) return found.body;
    throw new TaskError('States.ItemReaderFailed', `No recorded object ${String(Bucket)}/${String(Key)}`);
  }
}

function failureOf({ error, cause }: RecordedTask): Error {
  return new TaskError(error ?? 'Conformance.NoErrorName', cause);
}

/**
 * Recordings name iterations by the chain of events, in which the second iteration of a Map hangs below the first:
 * `M[0]/M[1]` means `M[1]`.
 */
export function normalIteration(recorded: string): string {
  const path: string[] = [];
  for (const part of recorded.split('/').filter((text) => text !== '')) {
    const name = part.slice(0, part.lastIndexOf('['));
    const again = path.findIndex((earlier) => earlier.slice(0, earlier.lastIndexOf('[')) === name);
    if (again >= 0) path.length = again;
    path.push(part);
  }
  return path.join('/');
}
