/** The frame of every function that is sent an event: check it, act, log by whom it can be found, name failures by kind. */
import type * as z from 'zod';
import { parseDocument } from '#contracts/source/problems.ts';
import { isErrorKind, toForgeError } from '#core/domain/errors.ts';
import { validationError } from '#core/domain/validation-error.ts';
import { telemetry } from './powertools.ts';

export type EventFunction = (event: unknown) => Promise<unknown>;

/** The cause travels through the states' payload, which has to stay small; the whole of it is in the log. */
const MAX_CAUSE = 2000;

/** Step Functions reads the error's name from `name`: there stands the kind that `Catch` and FailPhase go by. */
function nameByKind(error: unknown): Error {
  const failure = toForgeError(error);
  const named = new Error(failure.message.slice(0, MAX_CAUSE), { cause: error });
  named.name = failure.kind;
  return named;
}

/** What a log line needs to be found by: the event itself may be long, and may hold what a user wrote. */
function idsOf(event: unknown): Readonly<Record<string, unknown>> {
  const { tenant, runId, execution, phase, jobId } = (event ?? {}) as Record<string, unknown>;
  return { tenant, runId, execution, phase, jobId };
}

/** One search finds what every function logged about a run. */
function correlation(event: unknown): Readonly<Record<string, unknown>> {
  const { runId } = (event ?? {}) as Record<string, unknown>;
  return runId === undefined ? {} : { correlation_id: runId };
}

/** What stands in an event, in its shape. */
export function requireShape<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = parseDocument(schema, value);
  if (parsed.ok) return parsed.value;
  throw validationError(parsed.problems);
}

/** An event that is not what the schema says is refused by throwing, so that it ends where failed events are kept. */
export function eventFunction<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  act: (event: z.output<Schema>) => Promise<unknown>,
): EventFunction {
  const { logger, count } = telemetry(name);
  return async (event) => {
    try {
      const answer = await act(requireShape(schema, event));
      logger.info(`${name} done`, { about: idsOf(event), answer, ...correlation(event) });
      return answer;
    } catch (error) {
      // One frame inside another: the inner one has logged and named it.
      if (error instanceof Error && isErrorKind(error.name)) throw error;
      logger.error(`${name} failed`, {
        about: idsOf(event),
        error: error instanceof Error ? error : new Error(String(error)),
        ...correlation(event),
      });
      count('FunctionFailed');
      throw nameByKind(error);
    }
  };
}
