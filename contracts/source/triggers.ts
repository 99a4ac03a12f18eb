/** The triggers document: which runs start by themselves, on an upload or by the clock. */
import * as z from 'zod';
import { runDocument, runInput } from './run-document.ts';
import { name } from './scalars.ts';

const template = {
  /** What stands in the run's name before the part that tells one run from the next. */
  name,
  tenant: name.default('default'),
};

/** A run document whose model is the uploaded one. */
const uploadedRun = runDocument
  .omit({ name: true })
  .extend({ input: runInput.pick({ corpus: true }).strict().default({}) });

export const uploadRule = z.strictObject({
  ...template,
  pattern: z
    .string()
    .min(1)
    .max(200)
    .regex(
      /^[A-Za-z0-9_*.-]+(\/[A-Za-z0-9_*.-]+)*$/,
      'expected folders with * for any part of one, such as demo-*',
    )
    .describe('Which folders below `uploads/TENANT/`: `*` stands for any characters but a slash.'),
  run: uploadedRun.describe('The run to start; the uploaded model is its input.'),
});

const cron = z
  .string()
  .regex(/^[0-9*,/-]+( [0-9*,/-]+){4}$/, 'expected five fields: minute hour day month weekday, in numbers')
  .describe('When, in UTC: minute, hour, day of the month, month, weekday (0 is Sunday).');

export const schedule = z.strictObject({
  ...template,
  cron,
  run: runDocument.omit({ name: true }).describe('The run to start each time.'),
});

function unique(list: readonly { readonly name: string }[]): boolean {
  return new Set(list.map((each) => each.name)).size === list.length;
}
const once = { message: 'two entries have the same name', params: { code: 'duplicate' } };

export const triggers = z
  .strictObject({
    apiVersion: z.literal('forge/v1'),
    kind: z.literal('Triggers'),
    uploads: z.array(uploadRule).max(50).default([]).refine(unique, once),
    schedules: z.array(schedule).max(50).default([]).refine(unique, once),
  })
  .meta({ id: 'triggers', title: 'Agent Forge triggers' });

export type Triggers = z.output<typeof triggers>;
export type UploadRule = z.output<typeof uploadRule>;
export type Schedule = z.output<typeof schedule>;
