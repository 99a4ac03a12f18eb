/** A gate as it is resolved, and what came of it. */
import * as z from 'zod';

export const linkedNumber = z.object({ value: z.number(), unit: z.string(), metric: z.string() }).meta({
  id: 'LinkedNumber',
  description: 'A number with the id of the metric record that it was read from.',
});

/** Null where it was not measured. A union: `nullable()` would make the named schema itself nullable in OpenAPI. */
export const figure = z.union([linkedNumber, z.null()]);

export const gate = z.object({
  metric: z.string(),
  op: z.enum(['<', '<=', '>', '>=']),
  bound: z.union([z.number(), z.object({ metric: z.string(), factor: z.number().optional() })]),
  onFailure: z.enum(['report', 'fail']),
});

export const verdict = z.enum(['passed', 'failed', 'not measured']);

export const gateVerdict = z.object({ gate, verdict, measured: figure, bound: figure });

export type LinkedNumber = Readonly<z.output<typeof linkedNumber>>;
export type Gate = Readonly<z.output<typeof gate>>;
export type GateVerdict = Readonly<z.output<typeof gateVerdict>>;
