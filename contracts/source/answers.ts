/** Answers that a phase writes down to be read: what a model said before it and after it. */
import * as z from 'zod';
import { schemaVersion } from './scalars.ts';

const said = z.string().max(4_000);

export const answer = z.object({
  prompt: z.string().max(64).describe('Name of the prompt.'),
  input: said,
  before: said.describe('Without the prompt, of the model that came in.'),
  after: said.describe('Without the prompt, after the phase.'),
  prompted: said.describe('With the prompt, of the model that came in.'),
});

/** The artifact that holds them. */
export const answers = z.object({ schemaVersion, answers: z.array(answer).max(64) });

export type Answer = Readonly<z.output<typeof answer>>;
